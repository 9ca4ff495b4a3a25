# SPDX-License-Identifier: GPL-3.0-or-later
# Small, without root, stops on SIGTERM. Policy and store are mounted: /policy and /data.
FROM python:3.11-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY bot bot
RUN python -m venv /venv \
 && /venv/bin/pip install --no-cache-dir -c constraints.txt '.[postgresql]'

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home deskmate
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DESKMATE_STORE=sqlite:////data/deskmate.sqlite3 \
    DESKMATE_BACKUP_FOLDER=/data/backups \
    DESKMATE_LISTEN=0.0.0.0:8080 \
    DESKMATE_LOG_FORMAT=json
USER deskmate
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["deskmate"]
CMD ["run", "--policy", "/policy"]
