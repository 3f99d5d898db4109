// A month of believable payments, always the same but for its end, which is now.

const shops = [
  ["Mega Image", "food", 15, 180], ["Lidl", "food", 40, 350], ["Kaufland", "food", 50, 600], ["Profi", "food", 9, 90],
  ["5 to go", "food", 9, 26], ["La Mama", "food", 60, 280], ["OMV Petrom", "transport", 150, 450], ["Uber", "transport", 14, 65],
  ["STB", "transport", 3, 6], ["CFR Călători", "travel", 35, 160], ["Farmacia Catena", "health", 12, 140],
  ["eMAG", "shopping", 50, 900], ["Cărturești", "shopping", 35, 190], ["Netflix", "entertainment", 40, 40],
  ["Digi", "utilities", 45, 110], ["World Class", "fitness", 250, 399],
];
const daysBack = 31;
const dayMs = 86_400_000;
const hourMs = 3_600_000;
// The last day, hours ago.
const lastDay = [0.1, 0.5, 1.2, 1.9, 4.3, 6.2, 7.5, 9.6, 10.4, 13.8, 15.1, 16.6, 19.2, 22.5];

// Park and Miller's: enough for a picture, and the same each time.
function randomFrom(seed) {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

export function household(user, now = Date.now(), seed = 7) {
  const random = randomFrom(seed);
  const rows = [];
  for (let back = 0; back <= daysBack; back++) {
    const count = back === 0 ? lastDay.length : 3 + Math.floor(random() * 5);
    for (let n = 0; n < count; n++) {
      const [merchant, category, least, most] = shops[Math.floor(random() ** 1.6 * shops.length)];
      const spent = (least + random() * (most - least)).toFixed(2);
      const known = back > 2 || random() < 0.5;
      rows.push({
        external_id: `${user}-${back}-${n}`,
        source: "household",
        user,
        date: new Date(now - (back === 0 ? lastDay[n] * hourMs : (back + random() * 0.9) * dayMs)).toISOString(),
        amount: `-${spent}`,
        currency: "RON",
        description: `BT Pay - ${merchant}`,
        merchant,
        ...(known ? { category, status: "synced" } : { status: "pending" }),
      });
    }
  }
  return rows;
}
