// Charts in the colours of the page, by Chart.js, which the pages load before their modules. Each is redrawn in place.

import { amount } from "./format.js";
import { rested } from "./pace.js";

const { Chart } = globalThis;
const still = matchMedia("(prefers-reduced-motion: reduce)");

// A canvas knows no variables of the style sheet: an element that nobody sees resolves them.
const probe = document.createElement("i");
probe.hidden = true;
document.body.append(probe);

function colour(name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

const ofParts = ["accent", "part-2", "part-3", "part-4", "part-5", "part-6", "part-7", "part-8", "part-9", "part-10"];

// Colours come from the style sheet, so they are read anew where that changes.
function followColours(chart, paint) {
  paint();
  chart.update("none");
  addEventListener("colours", () => {
    paint();
    chart.update("none");
  });
}

// As many labels as have room beside each other.
const tickPixels = 56;
const ticksIn = (width, ticksMax) => Math.max(Math.min(ticksMax, Math.floor(width / tickPixels)), 2);

// `emphasized(index)` tells which bars stand out.
export function barChart(canvas, { emphasized = () => false, ticksMax = 8 } = {}) {
  const chart = new Chart(canvas, {
    type: "bar",
    data: { labels: [], datasets: [{ data: [], borderRadius: 4, borderSkipped: "bottom", categoryPercentage: 1, barPercentage: 0.82 }] },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: still.matches ? false : { duration: 250 },
      events: [],
      plugins: { legend: { display: false }, tooltip: { enabled: false } },
      scales: {
        x: { grid: { display: false }, ticks: { autoSkip: true, maxTicksLimit: ticksIn(canvas.parentNode.clientWidth, ticksMax), maxRotation: 0 } },
        y: { beginAtZero: true, display: false, grace: "5%" },
      },
    },
  });
  const [bars] = chart.data.datasets;
  const paint = () => {
    const [strong, usual] = [colour("accent"), colour("bar")];
    bars.backgroundColor = ({ dataIndex }) => (emphasized(dataIndex) ? strong : usual);
    chart.options.scales.x.ticks.color = colour("soft");
    chart.options.scales.x.grid.borderColor = colour("line");
    chart.options.font = { family: getComputedStyle(document.body).fontFamily };
  };
  followColours(chart, paint);
  return {
    draw(labels, values) {
      chart.options.scales.x.ticks.maxTicksLimit = ticksIn(chart.width, ticksMax);
      chart.data.labels = labels;
      bars.data = values;
      chart.update(document.hidden || !rested(canvas) ? "none" : undefined);
    },
    refresh: () => chart.update("none"),
  };
}

export function ringChart(canvas) {
  const chart = new Chart(canvas, {
    type: "doughnut",
    data: { labels: [], datasets: [{ data: [], borderWidth: 2 }] },
    options: {
      responsive: true,
      maintainAspectRatio: false,
      animation: false,
      cutout: "62%",
      plugins: {
        legend: { position: "right", labels: { boxWidth: 12, boxHeight: 12, padding: 10 } },
        tooltip: { callbacks: { label: ({ label, raw }) => `${label}: ${amount(raw)}` } },
      },
    },
  });
  const [ring] = chart.data.datasets;
  followColours(chart, () => {
    ring.backgroundColor = ofParts.map(colour);
    ring.borderColor = colour("surface");
    chart.options.plugins.legend.labels.color = colour("ink");
  });
  return {
    draw(labels, values) {
      chart.data.labels = labels;
      ring.data = values;
      chart.update();
    },
  };
}
