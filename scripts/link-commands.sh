#!/bin/sh
# Makes Earmark's commands those of a project that has it in a folder below: npm scripts and npx find them in
# node_modules/.bin. Run by the project's `npm ci` in Earmark's folder.
# $1: the project's node_modules/.bin, from here
set -e
mkdir -p "$1"
bin=$(CDPATH='' cd -- "$1" && pwd -P)
ln -sfn "$PWD/earmark" "$bin/earmark"
ln -sfn "$PWD/node_modules/.bin/serverless" "$bin/serverless"
# There is none for a Mac.
if [ -x node_modules/.bin/node ]; then ln -sfn "$PWD/node_modules/.bin/node" "$bin/node"; fi
