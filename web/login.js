// Fills in what the address says: where to go afterwards, and whether the last attempt failed.

const query = new URLSearchParams(location.search);

// Only a path of this site: "//host" would lead to another one. The service checks this again.
const next = query.get("next") ?? "";
document.getElementById("next").value = /^\/(?![/\\])/.test(next) ? next : "";

if (query.has("error")) {
  const problem = document.getElementById("problem");
  problem.textContent = "That user name and password do not go together.";
  problem.hidden = false;
}
