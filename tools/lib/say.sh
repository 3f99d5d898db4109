# How the scripts speak. Sourced first; the script's name goes before every line.

say() { echo "${0##*/}: $*"; }

# Says what to do about it on stderr, and ends the script as "could not run".
give_up() {
  echo "${0##*/}: $*" >&2
  exit 2
}
