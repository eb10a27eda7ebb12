#!/usr/bin/env bash
# Renders assets/icon/whetstone.svg to the PNG, ICO and ICNS files that the three systems want.
# Needs rsvg-convert, icotool and png2icns (Debian: librsvg2-bin icoutils icnsutils); installs them when it may.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v rsvg-convert >/dev/null || ! command -v icotool >/dev/null || ! command -v png2icns >/dev/null; then
  apt-get update -qq && apt-get install -y -qq librsvg2-bin icoutils icnsutils >/dev/null
fi
out=assets/icon
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for size in 16 32 48 64 128 256 512; do
  rsvg-convert --width "$size" --height "$size" "$out/whetstone.svg" --output "$work/$size.png"
done
cp "$work/256.png" "$out/whetstone-256.png"
cp "$work/48.png" "$out/whetstone-48.png"
icotool --create --output "$out/whetstone.ico" "$work"/{16,32,48,64,256}.png
png2icns "$out/whetstone.icns" "$work"/{16,32,48,128,256,512}.png >/dev/null
ls -l "$out"
