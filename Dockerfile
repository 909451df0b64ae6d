# docker build -t reply-coach . && docker run --rm -p 127.0.0.1:8765:8765 reply-coach
FROM python:3.11-slim-bookworm AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/pip install --requirement requirements.txt
COPY pyproject.toml README.md LICENSE ./
COPY coach coach
COPY rules rules
COPY models/weights models/weights
RUN /venv/bin/pip install --no-deps . \
    && /venv/bin/pip uninstall --yes pip setuptools

FROM python:3.11-slim-bookworm

RUN groupadd --system --gid 10001 coach \
    && useradd --system --uid 10001 --gid coach --no-create-home --shell /usr/sbin/nologin coach
COPY --from=build /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 COACH_HOST=0.0.0.0 COACH_PORT=8765
WORKDIR /home
USER 10001:10001
EXPOSE 8765
HEALTHCHECK --interval=30s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['COACH_PORT'] + '/healthz', timeout=2)"]
CMD ["coach", "serve"]
