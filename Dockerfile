# Built from the lock files, hashes and all; runs as nobody in particular, on a root file system that may be read-only.
# Packages come from wherever pip is configured to take them (--build-arg PIP_INDEX_URL=…).
ARG BASE=docker.io/library/python:3.12-slim-bookworm

FROM ${BASE} AS build
WORKDIR /src
COPY requirements.lock ./
RUN python -m venv /opt/citebot \
    && /opt/citebot/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot ./bot
COPY handlers ./handlers
COPY knowledge ./knowledge
RUN /opt/citebot/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation . \
    && /opt/citebot/bin/pip uninstall --yes --quiet setuptools pip

FROM ${BASE}
COPY --from=build /opt/citebot /opt/citebot
RUN useradd --system --uid 10001 --home-dir /data --no-create-home citebot \
    && install -d -o citebot -g citebot /data
ENV PATH=/opt/citebot/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 OPENBLAS_NUM_THREADS=1
# Everything that is kept: mount a volume here. config.yaml is read from here too, if there is one.
VOLUME /data
WORKDIR /data
USER 10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8738, timeout=4); c.request('GET', '/healthz'); exit(c.getresponse().status != 200)"]
ENTRYPOINT ["citebot"]
CMD ["run"]
