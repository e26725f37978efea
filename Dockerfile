# The service in a container, with the demo as its configuration until another is mounted at /etc/syndicator:
#
#   docker build -t syndicator .
#   docker run --read-only --tmpfs /tmp --cap-drop ALL -p 8080:8080 -v syndicator:/var/lib/syndicator syndicator
#
# Behind a registry mirror: docker build --secret id=pip.conf,src=/etc/pip.conf . (it does not stay in the image)
ARG BASE=docker.io/library/python:3.13-slim-trixie

FROM ${BASE} AS build
WORKDIR /src
COPY requirements-build.lock requirements.lock ./
# Made into wheels by the tools of another venv first, so that neither pip nor setuptools comes along.
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    python3 -m venv /build \
    && /build/bin/pip install --no-cache-dir --require-hashes -r requirements-build.lock \
    && /build/bin/pip wheel --no-cache-dir --no-build-isolation --require-hashes -r requirements.lock --wheel-dir /wheels \
    && python3 -m venv --without-pip /opt/syndicator \
    && /build/bin/pip --python /opt/syndicator/bin/python3 install --no-cache-dir --no-index --no-deps /wheels/*.whl
COPY pyproject.toml README.md LICENSE ./
COPY syndicator syndicator
RUN /build/bin/pip wheel --no-cache-dir --no-index --no-deps --no-build-isolation --wheel-dir /wheel . \
    && /build/bin/pip --python /opt/syndicator/bin/python3 install --no-cache-dir --no-index --no-deps /wheel/*.whl

FROM ${BASE}
# For posts from a git repository: git, and SSH's client, which wants a name for its user.
# hadolint ignore=DL3008 # Debian keeps one version of a release, the one with its security fixes.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates git openssh-client \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/apt /var/log/dpkg.log \
    && echo 'syndicator:x:10001:10001:syndicator:/var/lib/syndicator:/usr/sbin/nologin' >>/etc/passwd
COPY --from=build /opt/syndicator /opt/syndicator
COPY config /etc/syndicator
# Of group 0, because some clusters run it as whatever user they like, in that group.
RUN install -d -o 10001 -g 0 -m 2770 /var/lib/syndicator
ENV PATH=/opt/syndicator/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SYNDICATOR_CONFIG=/etc/syndicator/syndicator.toml \
    SYNDICATOR_STATE__URL=sqlite:////var/lib/syndicator/state.db \
    SYNDICATOR_PUBLISH__TO=/var/lib/syndicator/public \
    SYNDICATOR_SERVE__HOST=0.0.0.0
USER 10001:10001
WORKDIR /var/lib/syndicator
VOLUME /var/lib/syndicator
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["syndicator", "healthcheck"]
ENTRYPOINT ["syndicator"]
CMD ["run"]
ARG BASE
ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED=unknown
ARG SOURCE=
LABEL org.opencontainers.image.title="syndicator" \
      org.opencontainers.image.description="Watches posts with front matter and publishes RSS, Atom and JSON feeds, with word to WebSub hubs." \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.url="${SOURCE}" \
      org.opencontainers.image.documentation="${SOURCE}" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.vendor="syndicator contributors" \
      org.opencontainers.image.base.name="${BASE}"
