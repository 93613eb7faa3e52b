# The service: docker build -t data-bank . && docker run -p 127.0.0.1:8000:8000 \
#   -e API_UPLOAD_KEYS=... -v data-bank-files:/data/files data-bank
# With workers, Redis and PostgreSQL: compose.yaml.
# A folder of the host mounted instead of a volume must be writable for uid 10001.

FROM python:3.13-slim AS builder
RUN pip install --no-cache-dir --root-user-action ignore uv==0.13.8
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/opt/data-bank
WORKDIR /build
# The libraries first: they change less often than the code, and stay in the layer cache.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-python-downloads --no-cache --no-dev --extra service --extra traces --no-install-project
COPY README.md LICENSE ./
COPY src src
RUN uv sync --frozen --no-python-downloads --no-cache --no-dev --extra service --extra traces --no-editable

FROM python:3.13-slim
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin databank \
    && install --directory --owner databank --group databank --mode 0750 /data/files
COPY --from=builder /opt/data-bank /opt/data-bank
ENV PATH=/opt/data-bank/bin:$PATH PYTHONUNBUFFERED=1 DATA_ROOT=/data/files
USER databank
WORKDIR /data
VOLUME /data/files
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["python", "-c", \
    "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open(f\"http://127.0.0.1:{os.environ.get('PORT') or 8000}/healthz\", timeout=2)"]
CMD ["databank", "serve"]
