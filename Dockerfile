# Builds Folkmoot and puts it, alone and not as root, on a small Debian.
# Kept to what every builder understands: no cache mounts, no here-documents.

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# The same C flags as in the Makefile: SQLite without its memory statistics.
RUN CGO_ENABLED=1 CGO_CFLAGS="-O2 -g -DSQLITE_DEFAULT_MEMSTATUS=0 -DSQLITE_ENABLE_QPSG=1" \
    go build -trimpath -buildvcs=false -ldflags "-s -w" -o /out/folkmoot ./cmd/folkmoot

FROM debian:bookworm-slim
# The fonts are for PDF in the scripts that Go's own fonts lack.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates fonts-noto-core tzdata \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 10001 folkmoot \
 && useradd --system --uid 10001 --gid folkmoot --home-dir /var/lib/folkmoot --shell /usr/sbin/nologin folkmoot \
 && install -d -m 0700 -o folkmoot -g folkmoot /var/lib/folkmoot /var/lib/folkmoot/data /var/lib/folkmoot/data-keys
COPY --from=build /out/folkmoot /usr/local/bin/folkmoot
COPY --from=build /src/LICENSE /usr/share/doc/folkmoot/LICENSE
USER 10001:10001
WORKDIR /var/lib/folkmoot
# One volume for the database and, beside it, the keys: backups of the first must not hold the second.
VOLUME /var/lib/folkmoot
ENV FOLKMOOT_DATA=/var/lib/folkmoot/data \
    FOLKMOOT_ADDR=:8080
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["folkmoot", "healthcheck"]
ENTRYPOINT ["folkmoot"]
CMD ["serve"]
