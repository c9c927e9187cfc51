#!/usr/bin/env bash
# Chromium and a Chinese font, for the browser tests and the README's screenshots.
set -euo pipefail
for name in chromium chromium-browser google-chrome; do
  command -v "$name" >/dev/null && found=$name && break
done
have_font() { command -v fc-list >/dev/null && [ -n "$(fc-list :lang=zh-cn 2>/dev/null)" ]; }
if [ -n "${found:-}" ] && have_font; then exit 0; fi
line="apt-get update && apt-get install -y chromium fonts-noto-cjk"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium and a Chinese font …"
  apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null
else
  echo "The browser tests need Chromium and a Chinese font. Run: sudo sh -c '$line'" >&2
  exit 1
fi
