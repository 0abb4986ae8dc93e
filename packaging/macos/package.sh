#!/bin/sh
# A disk image of dist/nnstudio.app, on macOS. Untested: never run. Unsigned: the first start
# needs a right click and Open.
set -eu
version=${1:-0.1.0}
root=$(cd "$(dirname "$0")/../.." && pwd)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
cp -R "$root/dist/nnstudio.app" "$stage/NNStudio.app"
ln -s /Applications "$stage/Applications"
hdiutil create -volname NNStudio -srcfolder "$stage" -ov -format ULFO \
  "$root/dist/nnstudio-$version-macos-$(uname -m).dmg"
