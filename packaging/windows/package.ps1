# A portable zip and an MSI of dist\nnstudio, on Windows with WiX 5. Untested: never run.
param([string]$Version = "0.1.0")
$ErrorActionPreference = "Stop"
$root = Resolve-Path "$PSScriptRoot\..\.."
$folder = Join-Path $root "dist\nnstudio"
Compress-Archive -Path $folder -DestinationPath "$root\dist\nnstudio-$Version-windows-x86_64.zip" -Force
wix build "$PSScriptRoot\nnstudio.wxs" -arch x64 -d Version=$Version -d Folder=$folder `
    -o "$root\dist\nnstudio-$Version-windows-x86_64.msi"
