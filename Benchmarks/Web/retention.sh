#!/usr/bin/env bash
# What the server writes while it answers 1,000 requests of all kinds: nothing. Needs strace, and a release build.
#   Benchmarks/Web/retention.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
port=5292 work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
dotnet Predictor.Web/bin/Release/net10.0/emotionmlnet-web.dll --port $port --metrics-port off >"$work/log" 2>&1 &
server=$!
until curl -sf 127.0.0.1:$port/health/ready >/dev/null; do sleep 0.2; done
ask() {
  curl -s -o /dev/null --data-binary @data/faces/happy/0000.png "127.0.0.1:$port/v1/classify?faces=all"
  curl -s -o /dev/null -F "a=@data/faces/sad/0001.png;filename=secret.png" -F b=@LICENSE 127.0.0.1:$port/v1/classify-many
  curl -s -o /dev/null --data-binary @LICENSE 127.0.0.1:$port/v1/classify
  curl -s -o /dev/null 127.0.0.1:$port/
}
for _ in 1 2 3 4 5; do ask; done # what is loaded late is loaded now
calls=open,openat,creat,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,ftruncate,pwrite64,write
strace -f -qq -e trace=$calls -o "$work/trace" -p $server &
tracer=$!
sleep 2
for _ in $(seq 250); do ask; done
kill $tracer; wait $tracer 2>/dev/null || true
# Files that are made or opened for writing, but for the names that the runtime gives its threads (comm); and writes to anything but what it
# wakes its threads with.
grep -E 'O_WRONLY|O_RDWR|O_CREAT|creat\(|rename|unlink|mkdir|ftruncate|pwrite64' "$work/trace" |
  grep -v '/proc/self/task/[0-9]*/comm' >"$work/files" || true
grep -oE ' write\([0-9]+' "$work/trace" | sort -u | grep -oE '[0-9]+' | while read -r fd; do readlink "/proc/$server/fd/$fd" || true; done |
  grep -vE '^(anon_inode|pipe|socket)' >"$work/targets" || true
echo "1,000 requests; files made or opened for writing: $(wc -l <"$work/files"); other targets of writes: $(wc -l <"$work/targets")"
cat "$work/files" "$work/targets"
[ ! -s "$work/files" ] && [ ! -s "$work/targets" ]
