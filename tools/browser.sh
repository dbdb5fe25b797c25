#!/bin/sh
# Tests drive Debian's chromium. As root it is installed where it is missing; otherwise this says how.
set -eu
if command -v "${PORTICO_CHROMIUM:-chromium}" >/dev/null 2>&1 && command -v pdftotext >/dev/null 2>&1; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium poppler-utils >/dev/null
  exit 0
fi
echo "The tests need chromium and poppler-utils: sudo apt-get install chromium poppler-utils" >&2
echo "(or name a Chromium in PORTICO_CHROMIUM)" >&2
exit 1
