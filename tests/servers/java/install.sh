#!/usr/bin/env bash
# Puts the server of MongoDB's tests, with every library that it needs, into a folder (.venv/mongodb): install.sh FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
into=$(cd "$1" && pwd)
rm -rf "$into.new"
mvn --quiet --batch-mode --strict-checksums --file "$here/pom.xml" dependency:copy-dependencies -DoutputDirectory="$into.new"
(cd "$into.new" && sha256sum --check --quiet --strict "$here/jars.sha256")
rm -rf "$into"
mv "$into.new" "$into"
