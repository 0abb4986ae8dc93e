#!/bin/sh
# An application and a disk image of dist/nnstudio, on macOS. Untested: never run. Signed only for
# this machine: elsewhere the first start needs a right click and Open.
set -eu
version=${1:-0.1.0}
root=$(cd "$(dirname "$0")/../.." && pwd)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
app="$stage/NNStudio.app"
mkdir -p "$app/Contents/Resources"
# The folder as it is: what dev.py bundle tried out, with its compiled kernels.
cp -R "$root/dist/nnstudio" "$app/Contents/MacOS"
sips -s format icns "$root/build/icons/512x512/apps/nnstudio.png" \
  --out "$app/Contents/Resources/nnstudio.icns"
cat > "$app/Contents/Info.plist" <<END
<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0">
<dict>
  <key>CFBundleName</key><string>NNStudio</string>
  <key>CFBundleIdentifier</key><string>org.nnstudio.NNStudio</string>
  <key>CFBundleExecutable</key><string>nnstudio</string>
  <key>CFBundleIconFile</key><string>nnstudio</string>
  <key>CFBundlePackageType</key><string>APPL</string>
  <key>CFBundleShortVersionString</key><string>$version</string>
  <key>NSHighResolutionCapable</key><true/>
  <key>CFBundleDocumentTypes</key>
  <array>
    <dict>
      <key>CFBundleTypeName</key><string>NNStudio project</string>
      <key>CFBundleTypeExtensions</key><array><string>nnst</string></array>
      <key>CFBundleTypeRole</key><string>Editor</string>
    </dict>
  </array>
</dict>
</plist>
END
codesign --force --sign - "$app"
ln -s /Applications "$stage/Applications"
hdiutil create -volname NNStudio -srcfolder "$stage" -ov -format ULFO \
  "$root/dist/nnstudio-$version-macos-$(uname -m).dmg"
