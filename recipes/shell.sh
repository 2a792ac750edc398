#!/bin/sh
# Lints the plan and checks recorded events; the exit code is that of `protocols validate`, or that of `protocols lint`
# where the plan is wrong. PROTOCOLS says where pip gets it from: git+https://github.com/OWNER/protocols@main
set -eu
: "${PROTOCOLS:?where does pip get protocols from? such as git+https://github.com/OWNER/protocols@main}"
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
python3 -m venv "$home"
"$home/bin/pip" install --quiet "$PROTOCOLS"
"$home/bin/protocols" lint tracking-plan.yaml --fail-on warning
"$home/bin/protocols" validate recordings/ --plan tracking-plan.yaml "$@"
