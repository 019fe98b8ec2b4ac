#!/usr/bin/env bash
# Runs the shop's tracing stack on this machine, as deploy/ configures it, and
# feeds it the demo shop until Ctrl+C: a collector, a Jaeger with Badger, and
# nginx before it where there is one. What it stores stays in STACK_DIR.
#
#	stack.sh TRACEVIEW
#
# STACK_DIR (dist/stack), STACK_ORDERS (320, and as many a week from then on), STACK_PORT (20000: eleven ports from there on).
set -euo pipefail
program=$(realpath "$1")
cd "$(dirname "$0")"
jaeger=$(../e2e/jaeger/build.sh)
collector=$(collector/build.sh)

umask 077
dir=${STACK_DIR:-../dist/stack}
mkdir -p "$dir/log" "$dir/nginx"
dir=$(realpath "$dir")
etc=$dir/etc
port=${STACK_PORT:-20000}

./certificates.sh "$etc/certs"
[ -s "$etc/tokens" ] || printf %s "$(openssl rand -hex 24)" >"$etc/tokens"
# Told anew from the same moment on, the story is the same: nothing is stored twice.
[ -s "$dir/since" ] || date -u +%Y-%m-%dT%H:%M:%SZ >"$dir/since"
[ -s "$etc/password" ] || openssl rand -hex 8 >"$etc/password"
hash=$(openssl passwd -apr1 -stdin <"$etc/password")
printf 'olga:%s\npavel:%s\n' "$hash" "$hash" >"$etc/people"
cp nginx/groups.map "$etc/"
printf 'proxy_set_header Authorization "Bearer %s";\n' "$(cat "$etc/tokens")" >"$etc/browsers-token.conf"

export TRACING_CONFIG=$etc LOG_LEVEL=${LOG_LEVEL:-warn}
export COLLECTOR_DATA=$dir/collector COLLECTOR_GRPC=127.0.0.1:$port COLLECTOR_HTTP=127.0.0.1:$((port + 1)) \
	COLLECTOR_HEALTH=127.0.0.1:$((port + 2)) COLLECTOR_METRICS_PORT=$((port + 3))
export JAEGER_DATA=$dir/jaeger JAEGER_OTLP=localhost:$((port + 4)) JAEGER_QUERY_GRPC=127.0.0.1:$((port + 5)) JAEGER_QUERY_HTTP=127.0.0.1:$((port + 6)) \
	JAEGER_HEALTH=127.0.0.1:$((port + 7)) JAEGER_METRICS_PORT=$((port + 8))

# The children end with this script, however it ends.
children=()
stop() {
	trap - EXIT
	[ ${#children[@]} -eq 0 ] || kill "${children[@]}" 2>/dev/null || true
	wait
}
trap stop EXIT
trap 'exit 130' INT TERM

# run NAME COMMAND... starts a part of the stack, with a log of its own.
run() {
	local name=$1
	shift
	"$@" >>"$dir/log/$name.log" 2>&1 </dev/null &
	children+=($!)
}

# await NAME PORT waits until a part listens.
await() {
	local n
	for n in $(seq 300); do
		if (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; then return 0; fi
		if ! kill -0 "${children[-1]}" 2>/dev/null; then break; fi
		sleep 0.2
	done
	echo "stack: $1 did not come up; the end of $dir/log/$1.log:" >&2
	tail -n 15 "$dir/log/$1.log" >&2
	exit 1
}

run jaeger "$jaeger" --config jaeger/jaeger.yaml --config jaeger/badger.yaml
await jaeger $((port + 5))
run collector "$collector" --config collector/collector.yaml
await collector "$port"

if command -v nginx >/dev/null; then
	for file in tracing browsers; do
		sed -e "s|/etc/tracing|$etc|; s|/var/log/nginx|$dir/log|; s|listen 443|listen 127.0.0.1:$((port + 9))|; s|listen 4319|listen 127.0.0.1:$((port + 10))|" \
			-e "s|127.0.0.1:16685|127.0.0.1:$((port + 5))|; s|127.0.0.1:16686|127.0.0.1:$((port + 6))|; s|127.0.0.1:4318|127.0.0.1:$((port + 1))|" "nginx/$file.conf" >"$dir/nginx/$file.conf"
	done
	cat >"$dir/nginx/nginx.conf" <<-END
		daemon off; worker_processes 1; pid $dir/nginx/pid; error_log stderr warn;
		$([ "$(id -u)" -ne 0 ] || echo "user root;")
		events {}
		http {
			client_body_temp_path $dir/nginx/a; proxy_temp_path $dir/nginx/b; fastcgi_temp_path $dir/nginx/c; uwsgi_temp_path $dir/nginx/d; scgi_temp_path $dir/nginx/e;
			include $dir/nginx/tracing.conf; include $dir/nginx/browsers.conf;
		}
	END
	run nginx nginx -c "$dir/nginx/nginx.conf" -p "$dir/nginx" -e stderr
	await nginx $((port + 9))
fi

cat <<END

The stack runs: collector 127.0.0.1:$port (OTLP over gRPC, TLS, token), Jaeger with Badger behind it.
What is stored is in $dir, the logs are in $dir/log.

Open the window on it:

  $program --endpoint 127.0.0.1:$((port + 5)) --ca $etc/certs/ca.pem --cert $etc/certs/proxy.pem --key $etc/certs/proxy.key
END
if command -v nginx >/dev/null; then
	cat <<-END

		or as a member of the support staff, through the reverse proxy:

		  $program connection add stack --endpoint 127.0.0.1:$((port + 9)) --ca $etc/certs/ca.pem --user olga --password-stdin <$etc/password
		  $program --connection stack
	END
fi
cat <<END

and ask for order 10472, in a minute: spans are gathered for 30 s before they are judged. The shop goes on, new orders
come while this runs. Ctrl+C ends it; what is stored stays.

END

"$program" demo --export-otlp "127.0.0.1:$port" --ca "$etc/certs/ca.pem" --token-stdin --follow --since "$(cat "$dir/since")" --orders "${STACK_ORDERS:-320}" --lang en <"$etc/tokens" >>"$dir/log/demo.log" 2>&1 &
children+=($!)
wait -n || true
echo "stack: a part has ended; see $dir/log" >&2
exit 1
