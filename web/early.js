// Runs before the first paint, so that nothing flickers: the chosen language and colours. Colours follow the system until
// others are chosen: frame.js tells by the event `theme`, and hears of new ones by `colours`.
{
  const kept = (name) => {
    try {
      return localStorage.getItem(`btpay-${name}`);
    } catch {
      return null;
    }
  };
  const root = document.documentElement;
  const language = kept("language") ?? (navigator.language.toLowerCase().startsWith("ro") ? "ro" : "en");
  root.lang = language === "ro" ? "ro" : "en";

  const system = matchMedia("(prefers-color-scheme: dark)");
  let theme = kept("theme");
  const paint = () => {
    root.dataset.theme = theme === "light" || theme === "dark" ? theme : system.matches ? "dark" : "light";
    dispatchEvent(new Event("colours"));
  };
  system.addEventListener("change", paint);
  addEventListener("theme", ({ detail }) => {
    theme = detail;
    paint();
  });
  paint();
}
