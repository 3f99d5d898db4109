// Runs before the first paint, so that nothing flickers: the chosen language and colours.
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
  const theme = kept("theme");
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
}
