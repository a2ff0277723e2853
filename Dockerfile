FROM node:24-bookworm-slim AS base
WORKDIR /app

# The place data: built from development packages, none of which goes further than this stage.
FROM base AS place-data
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=ca export NODE_EXTRA_CA_CERTS="$(ls /run/secrets/ca 2>/dev/null)" && npm ci --ignore-scripts --workspaces=false
COPY scripts scripts
COPY src src
RUN node scripts/build-gazetteer.ts

# Without the workspaces: the image holds no embedded tenant, and none of its packages.
FROM base AS packages
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=secret,id=ca export NODE_EXTRA_CA_CERTS="$(ls /run/secrets/ca 2>/dev/null)" && npm ci --omit=dev --ignore-scripts --workspaces=false \
  && find node_modules -regex '.*\.\(map\|d\.[cm]?ts\)' -delete

FROM base
ARG VERSION=0.0.0-local
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Gatehouse" \
  org.opencontainers.image.description="Backend-for-frontend auth gateway for Auth0" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"

ENV NODE_ENV=production \
  HOST=0.0.0.0 \
  ADMIN_HOST=0.0.0.0 \
  DRAIN_DELAY_MS=5000 \
  STORE_URL=sqlite:/data/gatehouse.db

# What would go to the checkout's data/ goes to the volume. The command line is on the path: gatehouse config check.
RUN mkdir /data && chown 1000:1000 /data && ln -s /data data \
  && printf '#!/bin/sh\nexec node /app/src/cli/index.ts "$@"\n' > /usr/local/bin/gatehouse \
  && chmod 755 /usr/local/bin/gatehouse
COPY LICENSE NOTICE package.json ./
COPY --from=packages /app/node_modules node_modules
COPY --from=place-data /app/build build
COPY scripts/healthcheck.js scripts/
COPY src src
# What gatehouse_build_info names.
RUN printf %s "${REVISION}" > build/revision

# The base's user "node", by number: Kubernetes' runAsNonRoot cannot judge a name.
USER 1000:1000
VOLUME /data
# The gateway, and its metrics.
EXPOSE 3000 9464
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["node", "scripts/healthcheck.js"]
CMD ["node", "src/main.ts"]
