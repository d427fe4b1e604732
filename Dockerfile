# One image for web, worker, scheduler and commands; compose.yaml shows how they go together.
FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt .
RUN pip install -r requirements.txt

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app dexter \
    && install -d -o dexter -g dexter /app /data
COPY --from=build /opt/venv /opt/venv
WORKDIR /app
COPY . .
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2
# The static files are part of the image; the keys only exist while they are collected, in a folder that goes away.
RUN python -m compileall -q . \
    && DEXTER_EMBEDDED=1 DEXTER_VAR_DIR=/tmp/build STATIC_ROOT=/app/staticfiles \
       python manage.py collectstatic --no-input --verbosity 0 \
    && rm -r /tmp/build
# Holds exports for a day, logs until they were read, the scheduler's notes: nothing that would be missed.
ENV DEXTER_VAR_DIR=/data STATIC_ROOT=/app/staticfiles PORT=8000
USER dexter
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-m", "dexter.run.health"]
CMD ["sh", "-c", "exec uvicorn dexter.asgi:application --host 0.0.0.0 --port \"$PORT\" --no-access-log --lifespan off --timeout-graceful-shutdown 10"]
