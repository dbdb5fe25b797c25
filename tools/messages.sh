#!/bin/sh
# Brings the catalogues in src/portico/locale up to what the code says, and compiles them.
set -e
root=$(cd "$(dirname "$0")/.." && pwd)
bin="${BIN:-$root/.venv/bin}"
locale="$root/src/portico/locale"
pot=$(mktemp)
trap 'rm -f "$pot"' EXIT
cd "$root/src"
PYTHONPATH="$root/tools" "$bin/pybabel" -q extract -F "$locale/babel.cfg" \
  -k gettext_noop -k gettext_lazy -k ngettext_lazy:1,2 -k pgettext_lazy:1c,2 \
  --no-wrap --add-location=file --sort-by-file --omit-header -o "$pot" portico
for language in de fr es; do
  po="$locale/$language/LC_MESSAGES/django.po"
  "$bin/pybabel" -q update -i "$pot" -o "$po" -l "$language" -D django \
    --no-wrap --no-fuzzy-matching --ignore-obsolete --init-missing --ignore-pot-creation-date
  # Dates and addresses of nobody would change the file each time.
  sed -i.old -E '/^"(POT-Creation-Date|PO-Revision-Date|Report-Msgid-Bugs-To|Last-Translator|Language-Team|Generated-By):/d' "$po"
  rm -f "$po.old"
done
"$bin/pybabel" -q compile -d "$locale" -D django --statistics
