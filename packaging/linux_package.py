"""A Debian package of the built folder: menu entry, icons, and ``.nnst`` opened by double-click."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ICON = ROOT / "resources" / "program" / "nnstudio.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)

DESKTOP = """\
[Desktop Entry]
Type=Application
Name=NNStudio
GenericName=Neural network studio
GenericName[zh_CN]=神经网络工作室
Comment=Assemble a neural network, press Play, and see it learn
Comment[zh_CN]=搭建神经网络，按下播放，看它学习
Exec=nnstudio open %f
Icon=nnstudio
Terminal=false
Categories=Education;Science;ArtificialIntelligence;
MimeType=application/x-nnstudio;
StartupWMClass=nnstudio
"""

MIME = """\
<?xml version="1.0" encoding="UTF-8"?>
<mime-info xmlns="http://www.freedesktop.org/standards/shared-mime-info">
  <mime-type type="application/x-nnstudio">
    <comment>NNStudio project</comment>
    <comment xml:lang="zh_CN">NNStudio 项目</comment>
    <icon name="nnstudio"/>
    <glob pattern="*.nnst"/>
  </mime-type>
</mime-info>
"""

#: It depends on what Qt links to and the folder does not bring (found with objdump), and on a C
#: library as new as that of the machine it was built on.
CONTROL = """\
Package: nnstudio
Version: {version}
Section: education
Priority: optional
Architecture: amd64
Installed-Size: {kilobytes}
Depends: libc6 (>= {libc}), libgl1, libegl1, libxcb1, libwayland-client0, libwayland-cursor0,
 libwayland-egl1
Recommends: fonts-noto-cjk
Maintainer: NNStudio developers <nnstudio@localhost>
Description: Assemble a neural network, press Play, and see it learn
 A desktop studio in which people assemble a neural network from layers, choose
 loss and optimizer, press Play and see every unit, weight and prediction live
 while a compiled core trains in the background. It works offline.
"""

REFRESH = """\
#!/bin/sh
set -e
for tool in update-mime-database:/usr/share/mime update-desktop-database:/usr/share/applications; do
  if command -v "${tool%%:*}" >/dev/null; then "${tool%%:*}" "${tool#*:}" || true; fi
done
"""


def icons(target: Path) -> None:
    """The icon in every size of the theme, and as SVG."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    renderer = QSvgRenderer(str(ICON))
    for size in SIZES:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        folder = target / f"{size}x{size}" / "apps"
        folder.mkdir(parents=True)
        image.save(str(folder / "nnstudio.png"))
    folder = target / "scalable" / "apps"
    folder.mkdir(parents=True)
    shutil.copy(ICON, folder)
    del application


def deb(folder: Path, target: Path, version: str) -> Path:
    """Build the package; needs dpkg-deb."""
    package = target / f"nnstudio_{version}_amd64.deb"
    with tempfile.TemporaryDirectory(dir=target) as name:
        root = Path(name)
        root.chmod(0o755)
        shutil.copytree(folder, root / "opt" / "nnstudio", symlinks=True)
        share = root / "usr" / "share"
        icons(share / "icons" / "hicolor")
        files = {
            share / "applications" / "nnstudio.desktop": DESKTOP,
            share / "mime" / "packages" / "nnstudio.xml": MIME,
            root / "DEBIAN" / "postinst": REFRESH,
            root / "DEBIAN" / "postrm": REFRESH,
        }
        size = sum(file.stat().st_size for file in root.rglob("*") if file.is_file())
        files[root / "DEBIAN" / "control"] = CONTROL.format(
            version=version, kilobytes=size >> 10, libc=platform.libc_ver()[1]
        )
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(0o755 if path.name in ("postinst", "postrm") else 0o644)
        (root / "usr" / "bin").mkdir()
        (root / "usr" / "bin" / "nnstudio").symlink_to("../../opt/nnstudio/nnstudio")
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", str(root), str(package)],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    return package
