// Fills in what the address says: where to go afterwards, and whether the last attempt failed.

import { t } from "./words.js";

document.title = t("log_in_title");

const query = new URLSearchParams(location.search);

// Only a path of this site: "//host" would lead to another one. The service checks this again.
const next = query.get("next") ?? "";
document.getElementById("next").value = /^\/(?![/\\])/.test(next) ? next : "";

if (query.has("error")) {
  const problem = document.getElementById("problem");
  problem.textContent = t("log_in_failed");
  problem.hidden = false;
}
