# Sourced: puts the Kafka tools on the PATH and the jars in KAFKA_LIBS.
KAFKA_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export KAFKA_HOME
export KAFKA_LIBS=$KAFKA_HOME/libs
export KAFKA_HEAP=${KAFKA_HEAP:--Xmx256m}
case ":$PATH:" in *":$KAFKA_HOME/bin:"*) ;; *) export PATH=$KAFKA_HOME/bin:$PATH ;; esac
