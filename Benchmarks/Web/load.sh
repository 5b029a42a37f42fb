#!/usr/bin/env bash
# Load on a server of its own: wrk with honest and hostile pictures on many connections, slow clients beside it.
#   Benchmarks/Web/load.sh [SECONDS] [CONNECTIONS] [SLOW]      600 256 200 by default
# It says each status and how often it came, how many honest requests of a client of its own were served, and the server's memory once a
# second. It fails where an answer is wrong or undocumented. Needs wrk and python3 (Debian's packages), and a release build.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-600} connections=${2:-256} slow=${3:-200}
here=Benchmarks/Web work=$(mktemp -d)
port=5290 metrics=5291
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT

dotnet Predictor.Web/bin/Release/net10.0/emotionmlnet-web.dll --port $port --metrics-port $metrics --client-requests 100000 \
  --connections 2048 >"$work/log" 2>&1 &
server=$!
until curl -sf 127.0.0.1:$port/health/ready >/dev/null; do sleep 0.2; done
curl -sf --data-binary @data/faces/happy/0000.png 127.0.0.1:$port/v1/classify >"$work/expected"

( while sleep 1; do awk '/VmRSS/ { print $2 }' /proc/$server/status; done ) >"$work/memory" 2>/dev/null &
python3 $here/slow.py 127.0.0.1 $port "$slow" &
# Clients like any other, one with an address of its own and one with that of the load: one request after the other, again after a 503 as
# the answer says.
ask() {
  local name=$1 address=$2 refused=0 served=0 wrong=0 status
  while true; do
    status=$(curl -s -o "$work/$name" -w '%{http_code}' --interface "$address" --data-binary @data/faces/happy/0000.png \
      127.0.0.1:$port/v1/classify || true)
    case $status in
      200) served=$((served + 1)); cmp -s "$work/$name" "$work/expected" || wrong=$((wrong + 1)) ;;
      503) refused=$((refused + 1)); sleep 1 ;;
      *) wrong=$((wrong + 1)) ;;
    esac
    echo "$name: $served served, $refused refused, $wrong wrong" >"$work/$name.counts"
  done
}
ask another_address 127.0.0.2 &
first=$!
ask same_address 127.0.0.1 &
second=$!

EXPECTED="$work/expected" wrk -t2 -c"$connections" -d"${seconds}s" --timeout 60s -s $here/load.lua \
  http://127.0.0.1:$port/v1/classify | tee "$work/wrk"
kill $first $second; wait $first $second 2>/dev/null || true
cat "$work"/*.counts
awk 'NR == 5 { first = $1 } { if ($1 > most) most = $1; last = $1 }
  END { printf "memory: %d MB after 5 s, %d at most, %d at the end\n", first / 1024, most / 1024, last / 1024 }' "$work/memory"
curl -s 127.0.0.1:$metrics/metrics | grep -E "^system_runtime_dotnet_(gc_last|process_memory)" || true
kill -TERM $server; wait $server; echo "the server ended with $?"
! grep -E 'wrong: [1-9]|undocumented: [1-9]' "$work/wrk" && ! grep -v ', 0 wrong' "$work"/*.counts
