# Installs the Debian packages that are missing. Sourced by tools/run and tools/test.

# install_packages GROUP…: makes the packages of these groups of tools/packages.txt be there. Costs a look into dpkg's
# database where they are; asks the network only where one is missing.
install_packages() {
  local group wanted=() missing=() as_root=()
  for group in "$@"; do
    mapfile -t -O "${#wanted[@]}" wanted < <(sed -n "s/^$group //p" "$root/tools/packages.txt")
  done
  command -v dpkg-query >/dev/null || give_up "this is not Debian: install what tools/packages.txt lists by hand"

  mapfile -t missing < <(printf '%s\n' "${wanted[@]}" | grep -vxFf <(installed_packages) || true)
  [ "${#missing[@]}" -eq 0 ] && return

  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      give_up "not root and no sudo: ask an administrator to install: ${missing[*]}"
    as_root=(sudo)
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive LC_ALL=C)
  say "installing ${#missing[@]} packages: ${missing[*]}"
  # What is known of the archive may be old or nothing at all; it is renewed only where that turns out.
  apt_install "${missing[@]}" >/dev/null 2>&1 && return
  "${as_root[@]}" apt-get -qq update || give_up "apt-get update failed: is there a network, and a mirror in /etc/apt?"
  apt_install "${missing[@]}" >/dev/null || give_up "apt-get could not install: ${missing[*]}"
}

# The names of all installed packages, without their architecture, and what they provide: another build of Node may bring
# npm, which Debian has as a package of its own.
installed_packages() {
  # shellcheck disable=SC2016  # dpkg-query reads the dollar signs
  dpkg-query -W -f '${db:Status-Status} ${Package}, ${Provides}\n' | sed -n 's/^installed //p' |
    tr ',' '\n' | sed 's/^ *//; s/ .*//'
}

# Uses `as_root` of install_packages.
apt_install() {
  "${as_root[@]}" apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 install "$@" </dev/null
}
