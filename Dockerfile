# docker build --build-arg VERSION="$(git describe --tags --always)" -t tocsin .

FROM --platform=$BUILDPLATFORM golang:1.26.8-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG VERSION=dev
ARG TARGETOS
ARG TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o /out/tocsin ./cmd/tocsin
# There is no shell in the last stage to make it with.
RUN mkdir /out/data

# No shell and no packages: CA certificates, /tmp, and the user nonroot, 65532. Zone files are
# in the binary.
FROM gcr.io/distroless/static-debian13:nonroot
COPY --from=build /out/tocsin /usr/local/bin/tocsin
COPY config.yaml /etc/tocsin/config.yaml
# A volume that is made new takes over the owner of this folder; a folder of the host's that
# is mounted here has to belong to 65532 already.
COPY --from=build --chown=65532:65532 /out/data /var/lib/tocsin

# It stands above `database` in the configuration, whose default lies beside config.yaml,
# where nothing is written here.
ENV TOCSIN_DATABASE=/var/lib/tocsin/tocsin.db

# Only data: a volume for /etc/tocsin would keep the configuration of an old image alive.
# Mount yours over the file, read-only.
VOLUME /var/lib/tocsin

# In this folder `docker exec CONTAINER tocsin outbox list` finds the configuration too.
WORKDIR /etc/tocsin
USER 65532:65532

# At the default of web.listen. Whoever switches that off starts with --no-healthcheck.
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s CMD ["/usr/local/bin/tocsin", "health"]

ENTRYPOINT ["/usr/local/bin/tocsin"]
CMD ["run", "--config", "/etc/tocsin/config.yaml"]
