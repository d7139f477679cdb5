"""The events that start workflows.

Source: docs.github.com "Events that trigger workflows"; actions/languageservices:workflow-parser/src/workflow-v1.0.json
at 4043eda (2026-08-05), `on-strict`.
"""

from __future__ import annotations

EVENTS = frozenset(
    (
        "branch_protection_rule",
        "check_run",
        "check_suite",
        "create",
        "delete",
        "deployment",
        "deployment_status",
        "discussion",
        "discussion_comment",
        "dynamic",
        "fork",
        "gollum",
        "image_version",
        "issue_comment",
        "issues",
        "label",
        "merge_group",
        "milestone",
        "page_build",
        "project",
        "project_card",
        "project_column",
        "public",
        "pull_request",
        "pull_request_comment",
        "pull_request_review",
        "pull_request_review_comment",
        "pull_request_target",
        "push",
        "registry_package",
        "release",
        "repository_dispatch",
        "repository_vulnerability_alert",
        "schedule",
        "status",
        "watch",
        "workflow_call",
        "workflow_dispatch",
        "workflow_run",
    )
)
"""Names that `github.event_name` can have, those of retired events among them."""
