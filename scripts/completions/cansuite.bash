# bash completion for the programs of cansuite. What there is to complete is asked of the program.
# SPDX-License-Identifier: MIT

# The names in a list as the program prints it with --json: one object a line, the name first.
_cansuite_names() {
  "$1" "$2" --json 2>/dev/null | sed -n 's/^[[ ]*{"name": "\([^"]*\)".*/\1/p'
}

_cansuite_options() {
  "$1" --help 2>/dev/null | sed -n '/^Examples:/q; s/^  \(-[^ ]*\).*/\1/p' | tr , '\n'
}

# The words that an option takes, where its line in the help lists them: --time a|d|z|A|n
_cansuite_values() {
  "$1" --help 2>/dev/null | sed -n "s/^  \(.*,\)\{0,1\}$2\(,[^ ]*\)\{0,1\} \([^ ]*|[^ ]*\).*/\3/p" | tr '|' ' '
}

# The CAN interfaces of the kernel, those of type ARPHRD_CAN, and serial devices that were plugged in or
# paired.
_cansuite_channels() {
  local type
  for type in /sys/class/net/*/type; do
    [ "$(cat "$type" 2>/dev/null)" = 280 ] && basename "$(dirname "$type")"
  done
  compgen -G '/dev/ttyACM*'
  compgen -G '/dev/ttyUSB*'
  compgen -G '/dev/serial/by-id/*'
  compgen -G '/dev/rfcomm*'
}

# Offers the words that begin like this one. compgen -W would run a $(command) in the name of a device.
_cansuite_offer() {
  local word list
  read -r -d '' -a list <<<"$2"
  for word in "${list[@]}"; do
    [[ $word != "$1"* ]] || COMPREPLY+=("$(printf %q "$word")")
  done
}

# The messages of the DBC files that the line names with --dbc; of "signals", their signals, too.
_cansuite_dbc_names() {
  local i keys='"m"' tool=canconvert
  case $program in */*) tool=${program%/*}/canconvert ;; esac
  [ "$1" != signals ] || keys='"[mn]"'
  for ((i = 1; i < COMP_CWORD; i++)); do
    [ "${COMP_WORDS[i]}" = --dbc ] || continue
    "$tool" -q --describe --dbc "${COMP_WORDS[i + 1]}" 2>/dev/null |
      grep -o "$keys: \"[A-Za-z0-9_]*\"" | sed 's/.*: "\(.*\)"/\1/'
  done
}

_cansuite() {
  local program=$1 current=$2 previous=$3 words=
  COMPREPLY=()
  case $previous in
    -i | --interface) words=$(_cansuite_names "$program" --list-interfaces) ;;
    --format | --from) words=$(_cansuite_names "$program" --list-formats) ;;
    -c | --channel) words=$(_cansuite_channels) ;;
    --tz) words='local utc' ;;
    --filter) words=$(_cansuite_dbc_names messages) ;;
    --signals | --set | --when) words=$(_cansuite_dbc_names signals) ;;
    -[-a-z]*) words=$(_cansuite_values "$program" "$previous") ;;&
    *)
      case $current:${program##*/}:$previous in
        -*) words=$(_cansuite_options "$program") ;;
        *:-*) ;;
        *:canlogger:* | *:cansend:* | *:canviewer:*) words=$(_cansuite_channels) ;;  # arguments, as in can-utils
      esac
      ;;
  esac
  # Nothing to offer: bash goes on with file names (-o default).
  _cansuite_offer "$current" "$words"
}

complete -o default -F _cansuite canlogger canplayer cansend canconvert canserver canviewer canreport
