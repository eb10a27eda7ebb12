#!/bin/bash
# Makes a Kafka home: install.sh HOME. Needs a JDK 17 or later and Maven. Quick when there is nothing to do.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${1:?usage: install.sh HOME}
mkdir -p "$home/bin" "$home/config"
home=$(cd "$home" && pwd)

if ! cmp -s "$here/pom.xml" "$home/pom.xml"; then
    rm -rf "$home/libs.new" "$home/kafka.jsa"
    mvn -q -B -f "$here/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$home/libs.new"
    rm -rf "$home/libs"
    mv "$home/libs.new" "$home/libs"
    cp "$here/pom.xml" "$home/pom.xml"
fi

# A script in use is replaced in one step, never half written.
put() {
    cat >"$home/$1.new"
    chmod "${2:-644}" "$home/$1.new"
    mv "$home/$1.new" "$home/$1"
}
put config/tools-log4j2.properties <"$here/tools-log4j2.properties"
put config/server-log4j2.properties <"$here/server-log4j2.properties"
put broker.sh 755 <"$here/broker.sh"
put env.sh <"$here/env.sh"
put bin/kafka-run-class.sh 755 <"$here/run-class.sh"
while read -r script class log; do
    case $script in '' | '#'*) continue ;; esac
    put "bin/$script.sh" 755 <<SCRIPT
#!/bin/bash
KAFKA_LOG_CONFIG=\${KAFKA_LOG_CONFIG:-$log} exec "\${BASH_SOURCE[0]%/*}/kafka-run-class.sh" $class "\$@"
SCRIPT
done <"$here/tools.txt"
[ -e "$home/kafka.jsa" ] || "$here/archive.sh" "$home"
