#!/bin/sh
# Makes an authority for the tracing stack alone, and from it the certificates
# of its parts; keeps those that are there. A company with an authority of its
# own issues the same files from it instead.
#
#	certificates.sh FOLDER [NAME...]     NAMEs and addresses of this machine beside localhost
set -eu
umask 077
dir=$1
shift
names=DNS:localhost,IP:127.0.0.1
for name; do
	case $name in
	*[!0-9.]*) names=$names,DNS:$name ;;
	*) names=$names,IP:$name ;;
	esac
done
mkdir -p "$dir"
cd "$dir"

if [ ! -f ca.pem ]; then
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=Tracing authority' \
		-addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign,cRLSign' -keyout ca.key -out ca.pem 2>/dev/null
fi
for part in collector jaeger proxy; do
	[ ! -f "$part.pem" ] || continue
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$part" -keyout "$part.key" -out "$part.csr" 2>/dev/null
	printf 'subjectAltName=%s\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n' "$names" >"$part.ext"
	openssl x509 -req -in "$part.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days 825 -extfile "$part.ext" -out "$part.pem" 2>/dev/null
	rm "$part.csr" "$part.ext"
done
echo "certificates for $names are in $dir; keep ca.key somewhere else" >&2
