#!/bin/sh
# Makes the secrets of docker-compose.yml in ./secrets, each once. Keep a copy of them apart from the
# backups of the database: whoever has both can read everything, and without the master key nobody can.
set -eu
cd "${1:-$(dirname "$0")/..}"
umask 077
mkdir -p secrets anchors

word() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
key() { head -c 32 /dev/urandom | base64 | tr -d '\n'; }
keep() { [ -s "secrets/$1" ] || printf '%s' "$2" >"secrets/$1"; }
role() { keep "$1" "postgresql://$2:$(word)@postgres/network"; }

keep postgres_password "$(word)"
keep admin_database_url "postgresql://postgres:$(cat secrets/postgres_password)@postgres/postgres"
role owner_database_url network_owner
role database_url network_app
role worker_database_url network_worker
keep redis_password "$(word)"
keep redis_url "redis://:$(cat secrets/redis_password)@redis:6379/0"
for name in master_key context_key audit_key index_key secret_key; do keep "$name" "$(key)"; done

# The containers run as whoever owns these files, and never as root.
owner=$(id -u)
group=$(id -g)
if [ "$owner" = 0 ]; then
    owner=10001
    group=10001
    chown -R "$owner:$group" secrets anchors
fi
[ -e .env ] || printf 'NETWORK_UID=%s\nNETWORK_GID=%s\n# NETWORK_BASE_URL=https://network.example.org\n' "$owner" "$group" >.env
