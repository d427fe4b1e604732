"""Browser events in the shape that sentry.javascript.react sends. No browser runs here: the shape is recorded
from the SDK's output, names and values are the sandbox's own."""

from typing import Any

_BROWSER = {
    "platform": "javascript",
    "sdk": {
        "name": "sentry.javascript.react",
        "version": "10.8.0",
        "packages": [{"name": "npm:@sentry/react", "version": "10.8.0"}],
        "integrations": [
            "InboundFilters",
            "FunctionToString",
            "Breadcrumbs",
            "GlobalHandlers",
            "HttpContext",
        ],
    },
    "request": {
        "url": "https://shop.example.com/gizmos/7001002?tab=frob&email=pat.tester@example.org",
        "headers": {
            "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/141.0.0.0 Safari/537.36",
            "Referer": "https://shop.example.com/gizmos",
        },
    },
    "contexts": {
        "react": {"version": "19.1.0"},
        "trace": {"trace_id": "0" * 32, "span_id": "0" * 16, "op": "navigation"},
    },
    "user": {},
    "modules": {"react": "19.1.0", "react-dom": "19.1.0", "@sentry/react": "10.8.0"},
}


def _frame(
    file: str, function: str, line: int, column: int, code: str, in_app: bool = True
) -> dict[str, Any]:
    return {
        "filename": f"./{file}",
        "abs_path": f"webpack:///./{file}",
        "module": file.rsplit(".", 1)[0],
        "function": function,
        "lineno": line,
        "colno": column,
        "in_app": in_app,
        "pre_context": ["", f"// {file}", "const zonk = useZonk();"],
        "context_line": code,
        "post_context": ["  return value;", "}", ""],
    }


_RENDER = _frame(
    "node_modules/react-dom/cjs/react-dom.production.js",
    "renderWithHooks",
    3904,
    24,
    "  workInProgress = Component(props, secondArg);",
    in_app=False,
)


def _crumbs() -> list[dict[str, Any]]:
    return [
        {"timestamp": -21.4, "category": "navigation", "data": {"from": "/gizmos", "to": "/gizmos/7001002"}},
        {
            "timestamp": -12.9,
            "category": "fetch",
            "type": "http",
            "data": {"method": "GET", "url": "/api/gizmos/7001002", "status_code": 200},
        },
        {"timestamp": -7.2, "category": "ui.click", "message": 'div.gizmo > button.frob[type="submit"]'},
        {
            "timestamp": -6.8,
            "category": "fetch",
            "type": "http",
            "level": "error",
            "data": {
                "method": "POST",
                "url": "/api/gizmos/7001002/frob?token=tok_live_7001002pattester",
                "status_code": 500,
            },
        },
        {
            "timestamp": -0.3,
            "category": "console",
            "level": "error",
            "message": "frob failed for pat.tester@example.org",
        },
    ]


def _event(kind: str, value: str, mechanism: dict[str, Any], frames: list[dict[str, Any]]) -> dict[str, Any]:
    exception = {"type": kind, "value": value, "mechanism": mechanism, "stacktrace": {"frames": frames}}
    return {
        **_BROWSER,
        "level": "error",
        "transaction": "/gizmos/:id/frob",
        "timestamp": 0.0,
        "exception": {"values": [exception]},
        "breadcrumbs": {"values": _crumbs()},
        "extra": {"arguments": ["7001002", {"email": "pat.tester@example.org"}]},
    }


RECORDED: dict[str, dict[str, Any]] = {
    "browser_type_error": _event(
        "TypeError",
        "Cannot read properties of undefined (reading 'gizmoFrob')",
        {"type": "auto.browser.global_handlers.onerror", "handled": False},
        [
            _RENDER,
            _frame("src/pages/Gizmos.tsx", "GizmoPage", 88, 31, "  const value = data.zonk.gizmoFrob;"),
            _frame("src/zonk/useGizmo.ts", "useGizmo", 24, 17, "  return cache.get(id).gizmoFrob;"),
        ],
    ),
    "browser_chunk_error": _event(
        "ChunkLoadError",
        "Loading chunk gizmo-frob-zonk failed. (error: https://shop.example.com/static/gizmo-frob-zonk.7001001.js)",
        {"type": "auto.browser.global_handlers.onunhandledrejection", "handled": False},
        [
            _frame(
                "webpack/runtime/jsonp chunk loading",
                "__webpack_require__.f.j",
                27,
                18,
                "      var error = new Error();",
                in_app=False,
            ),
            _frame(
                "src/routes/gizmos.ts", "loadGizmoFrob", 12, 9, "  return import('../pages/GizmoFrobZonk');"
            ),
        ],
    ),
    "browser_rejection": _event(
        "ApiError",
        "POST /api/gizmos/frob in zonk answered 500",
        {"type": "generic", "handled": True},
        [
            _frame(
                "src/api/client.ts",
                "request",
                61,
                11,
                "    throw new ApiError(method, path, response.status);",
            ),
            _frame(
                "src/api/gizmos.ts",
                "frobGizmo",
                33,
                15,
                "  return request('POST', `/api/gizmos/${id}/frob`, zonk);",
            ),
        ],
    ),
}
