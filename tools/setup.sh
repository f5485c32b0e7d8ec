#!/bin/sh
# Prepares what the project runs on; does nothing, quickly, where it already has.
#   tools/setup.sh         .venv with what the application needs, assets, translations
#   tools/setup.sh --dev   the same, and the tools and the browser of the tests
set -eu
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }
fail() { say "setup: $*"; exit 1; }

# A name on the PATH is not enough: shims of version managers are found and then fail.
runs() { "$1" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' >/dev/null 2>&1; }
has() { "$1" -c "import $2" >/dev/null 2>&1; }

pythons() {
    [ -z "${PYTHON:-}" ] || printf '%s\n' "$PYTHON"
    printf '%s\n' python3.12 python3.11 python3 python
    for found in /usr/bin/python3.1[12] /usr/local/bin/python3.1[12] "$HOME"/.pyenv/versions/3.1[12]*/bin/python3; do
        [ ! -x "$found" ] || printf '%s\n' "$found"
    done
}

# Debian keeps ensurepip in a package of its own; a Python that has it is preferred, one with pip will do.
find_python() {
    for need in ensurepip pip; do
        pythons | while IFS= read -r candidate; do
            if runs "$candidate" && has "$candidate" "$need"; then
                printf '%s\n' "$candidate"
                break
            fi
        done | grep . && return
    done
    return 1
}

make_venv() {
    if ! python=$(find_python); then
        if pythons | while IFS= read -r candidate; do ! runs "$candidate" || { echo yes; break; }; done | grep -q yes; then
            fail "this Python cannot make a virtual environment. On Debian and Ubuntu: apt-get install python3-venv"
        fi
        fail "Python 3.11 or 3.12 is needed, and none was found. Name one with PYTHON=/path/to/python3.12 make setup"
    fi
    rm -rf .venv
    if has "$python" ensurepip; then
        "$python" -m venv .venv
    else
        "$python" -m venv --without-pip .venv
        "$python" -m pip --quiet --python .venv/bin/python install pip
    fi
}

# Runs a step whose output matters only when it fails.
quietly() {
    log=.venv/setup.log
    "$@" >"$log" 2>&1 || { tail -n 25 "$log" >&2; fail "this failed: $*  (all of it in $log)"; }
}

install() {
    lock=$1
    stamp=".venv/installed-$(cksum <"$lock" | tr ' ' '-')"
    [ ! -e "$stamp" ] || return 0
    say "Installing the packages of $lock; on an empty cache this takes less than a minute."
    quietly .venv/bin/python -m pip install --disable-pip-version-check --require-hashes --requirement "$lock"
    rm -f ".venv/installed-"*
    : >"$stamp"
}

# The command `network`, and the folder on the path of this environment, without building a package.
link_project() {
    for packages in .venv/lib/python3.*/site-packages; do
        printf '../../../..\n' >"$packages/network-checkout.pth"
    done
    printf '#!/bin/sh\nexec "$(dirname "$0")/python" -m network.cli "$@"\n' >.venv/bin/network
    chmod +x .venv/bin/network
}

found_among() {
    for name in "$@"; do
        [ -z "$name" ] || ! command -v "$name" >/dev/null 2>&1 || return 0
    done
    return 1
}

find_light_browser() { found_among "${NETWORK_TEST_BROWSER:-}" chromium-headless-shell; }
find_browser() { find_light_browser || found_among chromium chromium-browser google-chrome google-chrome-stable; }

apt_install() {
    quick="-qq -o Acquire::Retries=1 -o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20"
    # shellcheck disable=SC2086  # several words are meant
    apt-get update $quick && DEBIAN_FRONTEND=noninteractive apt-get install -y $quick --no-install-recommends "$1"
}

# Chromium without its window does the same with half the work; where it cannot be had, and is not there, any will do.
install_browser() {
    find_light_browser && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        tried=.venv/looked-for-browser
        if [ ! -e "$tried" ]; then
            say "Installing Chromium's headless shell for the tests."
            : >"$tried"
            apt_install chromium-headless-shell >.venv/setup.log 2>&1 && find_light_browser && return 0
        fi
        find_browser && return 0
        say "Installing Chromium for the tests."
        quietly apt_install chromium
    fi
    find_browser && return 0
    fail "the tests need a browser: install Chromium (Debian: sudo apt-get install chromium), or name one in NETWORK_TEST_BROWSER"
}

if ! { runs .venv/bin/python && has .venv/bin/python pip; }; then
    say "Making the virtual environment .venv."
    make_venv
fi
if [ "${1:-}" = --dev ]; then
    install requirements-dev.lock
    install_browser
else
    # The tools of the tests bring everything that the application needs.
    [ -e ".venv/installed-$(cksum <requirements-dev.lock | tr ' ' '-')" ] || install requirements.lock
fi
[ -x .venv/bin/network ] || link_project
quietly .venv/bin/python tools/build_assets.py
quietly .venv/bin/python tools/translations.py compile
# Where Python is told to write none of its own, every process would translate every module again.
quietly .venv/bin/python -m compileall -q network migrations
