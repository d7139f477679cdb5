"""The settings that docs/integrations/ give for editors, taken from the pages and used in the real editors."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.outside import absent, outside
from tests.places.pages import block
from tests.places.support import environment, repository
from tests.support import run_lading, write_files

CHECKED = """\
services:
  api:
    image: ghcr.io/acme/shop:1.0
    depends_on:
      db:
        condition: service_healthy
  db:
    image: postgres:17
    healthcheck: {test: [CMD, pg_isready]}
"""
WAITS = CHECKED.replace("    healthcheck: {test: [CMD, pg_isready]}\n", "")
OVERRIDE = "services:\n  db:\n    healthcheck: {disable: true}\n"
WORKFLOW = """\
name: "é"
on: push
permissions: {contents: read}
jobs:
  image:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "$TOKEN" | docker login ghcr.io -u acme --password-stdin
        env: {TOKEN: "${{ github.token }}"}
      - run: docker push ghcr.io/acme/shop:1.0
"""
MESSAGE = "`api` waits until `db` is healthy, but the image `postgres` brings no healthcheck"
DISABLED = "`api` waits until `db` is healthy, but its healthcheck is disabled"
RULE = "health/wait-without-healthcheck"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The waiting service is not saved yet: on the disk all is well."""
    return repository(tmp_path / "shop", {"compose.yaml": CHECKED, "deploy/readme.md": "deploy\n"})


def run(command: list[str], folder: Path, **more: str) -> None:
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    done = subprocess.run(
        command, cwd=folder, env=environment(HOME=str(home), **more), stdin=subprocess.DEVNULL,
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def compiler(shop: Path, editor: str) -> None:
    """Vim's compiler where the page says that it belongs."""
    title = "~/.vim/compiler/lading.vim"
    home = {"vim": ".vim", "nvim": ".config/nvim"}[editor]
    write_files(shop.parent / "home", {f"{home}/compiler/lading.vim": block("integrations/vim.md", title)})


def made(editor: str, shop: Path, commands: str) -> list[list[Any]]:
    """The quickfix list after `commands`, which end in `:make`."""
    compiler(shop, editor)
    script = f"""
        set nocompatible
        {"set runtimepath^=~/.config/nvim" if editor == "nvim" else ""}
        compiler! lading
        {commands}
        let found = map(getqflist(), {{_, v -> [bufname(v.bufnr), v.lnum, v.col, v.type, v.text, v.valid]}})
        call writefile([json_encode(found)], '../quickfix.json')
        qa!
    """
    write_files(shop.parent, {"make.vim": "\n".join(line.strip() for line in script.splitlines())})
    arguments = ["-u", "NONE", "-n", "-i", "NONE", "-S", "../make.vim"]
    run([outside(editor), *(["-N", "-es"] if editor == "vim" else ["--headless"]), *arguments], shop)
    quickfix: list[list[Any]] = json.loads((shop.parent / "quickfix.json").read_text())
    return quickfix


@pytest.mark.parametrize("editor", ["vim", "nvim"])
def test_make_fills_the_quickfix_list(editor: str, shop: Path) -> None:
    outside(editor)
    write_files(
        shop, {"compose.yaml": WAITS, ".github/workflows/push.yml": WORKFLOW, "other/compose.yaml": WAITS}
    )
    shown = [
        [".github/workflows/push.yml", 5, 3, "e", "publish/missing-packages-write"],
        ["compose.yaml", 6, 20, "e", RULE],
        ["other/compose.yaml", 6, 20, "e", RULE],
    ]
    everything = made(editor, shop, "silent make!")
    assert [[*entry[:4], re.findall(r"^\[(.+?)\] ", entry[4])[0]] for entry in everything] == shown
    assert made(editor, shop, "edit compose.yaml\nsilent make! %") == [
        ["compose.yaml", 6, 20, "e", f"[{RULE}] {MESSAGE}", 1]
    ]
    below = made(editor, shop, "cd deploy\nsilent make!\ncd ..")
    assert [entry[:3] for entry in below] == [entry[:3] for entry in shown]


@pytest.mark.parametrize("editor", ["vim", "nvim"])
def test_make_says_why_the_check_could_not_be_done_and_nothing_where_all_is_well(
    editor: str, shop: Path
) -> None:
    outside(editor)
    assert made(editor, shop, "silent make!") == []
    write_files(shop, {"lading.yaml": "default-token: none\n"})
    ((*_, text, _),) = made(editor, shop, "silent make!")
    assert text.startswith("lading: lading.yaml:1:1: `default-token`")


def ale() -> Path:
    """Where Debian's package vim-ale lies; LADING_REQUIRE names it as `vim-ale`."""
    outside("vim")
    folder = Path("/usr/share/vim-ale")
    if folder.is_dir():
        return folder
    absent("vim-ale", "the package vim-ale is not on this machine")


def in_terminal(command: list[str], folder: Path) -> None:
    """Run a program that wants a terminal; ALE takes what lies where temporary files do for the buffer itself."""
    (folder / "tmp").mkdir(exist_ok=True)
    main, side = pty.openpty()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(TERM="xterm", HOME=str(folder), TMPDIR=str(folder / "tmp")),
        stdin=side,
        stdout=side,
        stderr=side,
    )
    os.close(side)
    try:
        while os.read(main, 65536):
            pass
    except OSError:
        pass  # how Linux says that the other side is closed
    os.close(main)
    assert process.wait(timeout=60) == 0


def found_by_ale(shop: Path, path: str, text: str) -> list[list[Any]]:
    folder = ale()
    script = f"""
        set nocompatible
        set runtimepath^={folder}
        filetype plugin on
        let g:ale_linters_explicit = 1
        let g:ale_linters = {{'yaml': ['lading'], 'dockerfile': ['lading']}}
        source ../vimrc
        runtime! plugin/ale.vim
        edit {path}
        set filetype=yaml
        %delete _
        call setline(1, readfile('../unsaved'))
        let g:done = 0
        augroup test
        autocmd User ALELintPost let g:done += 1
        augroup END
        call ale#Queue(0)
        let g:waited = 0
        while (g:done < 1 || ale#engine#IsCheckingBuffer(bufnr(''))) && g:waited < 300
        sleep 100m
        let g:waited += 1
        endwhile
        let g:found = map(copy(g:ale_buffer_info[bufnr('')].loclist), {{_, v -> [fnamemodify(bufname(get(v, 'bufnr', -1)), ':p'), get(v, 'filename', ''), v.lnum, v.col, v.type, get(v, 'code', ''), v.text]}})
        call writefile([json_encode(g:found), g:waited], '../loclist.json')
        qa!
    """
    lines = "\n".join(line.strip() for line in script.splitlines())
    write_files(
        shop.parent, {"ale.vim": lines, "unsaved": text, "vimrc": block("integrations/vim.md", "~/.vimrc")}
    )
    in_terminal([outside("vim"), "-N", "-u", "NONE", "-n", "-i", "NONE", "-S", "../ale.vim"], shop)
    found, waited = (shop.parent / "loclist.json").read_text().splitlines()
    assert int(waited) < 300
    rows: list[list[Any]] = json.loads(found)
    return rows


def test_ale_shows_findings_of_unsaved_text(shop: Path) -> None:
    ((buffer, _, *rest),) = found_by_ale(shop, "compose.yaml", WAITS)
    assert (buffer, rest) == (str(shop / "compose.yaml"), [6, 20, "E", RULE, MESSAGE])
    assert found_by_ale(shop, "compose.yaml", CHECKED) == []
    assert (shop / "compose.yaml").read_text() == CHECKED


def test_ale_shows_a_finding_of_another_file_under_its_name(shop: Path) -> None:
    write_files(shop, {"compose.override.yaml": "services: {}\n"})
    ((_, name, *rest),) = found_by_ale(shop, "compose.override.yaml", OVERRIDE)
    assert (name, rest) == (str(shop / "compose.yaml"), [6, 20, "E", RULE, DISABLED])


LINT = """
-- What nvim-lint does with a linter (mfussenegger/nvim-lint, lua/lint.lua), without its queue.
local lint = { linters = {}, linters_by_ft = {} }
function lint.try_lint()
  for _, name in ipairs(lint.linters_by_ft[vim.bo.filetype] or {}) do
    local linter = lint.linters[name]
    local command = { linter.cmd }
    for _, argument in ipairs(linter.args) do
      table.insert(command, type(argument) == 'function' and argument() or argument)
    end
    local output, done = {}, false
    local job = vim.fn.jobstart(command, {
      stdout_buffered = true,
      on_stdout = function(_, lines) output = lines end,
      on_exit = function() done = true end,
    })
    local text = vim.api.nvim_buf_get_lines(0, 0, -1, true)
    vim.fn.chansend(job, table.concat(text, '\\n') .. '\\n')
    vim.fn.chanclose(job, 'stdin')
    assert(vim.wait(30000, function() return done end))
    local found = linter.parser(table.concat(output, '\\n'), vim.api.nvim_get_current_buf())
    vim.diagnostic.set(vim.api.nvim_create_namespace(name), 0, found)
  end
end
package.preload['lint'] = function() return lint end
"""


def found_by_neovim(shop: Path, path: str, text: str) -> list[list[Any]]:
    page = "integrations/neovim.md"
    script = f"""
        vim.opt.runtimepath:prepend(vim.fn.expand('~/.config/nvim'))
        dofile('../lint.lua')
        dofile(vim.fn.expand('~/.config/nvim/init.lua'))
        vim.cmd('edit {path}')
        vim.bo.filetype = 'yaml'
        vim.api.nvim_buf_set_lines(0, 0, -1, true, vim.fn.readfile('../unsaved'))
        require('lint').try_lint()
        local found = {{}}
        for _, d in ipairs(vim.diagnostic.get(0)) do
          table.insert(found, {{ d.lnum, d.col, d.end_lnum, d.end_col, d.severity, d.code, d.source, d.message }})
        end
        vim.fn.writefile({{ #found > 0 and vim.json.encode(found) or '[]' }}, '../diagnostics.json')
        vim.cmd('qa!')
    """
    files = {
        "home/.config/nvim/lua/lading.lua": block(page, "~/.config/nvim/lua/lading.lua"),
        "home/.config/nvim/init.lua": block(page, "~/.config/nvim/init.lua"),
        "lint.lua": LINT,
        "script.lua": script,
        "unsaved": text,
    }
    write_files(shop.parent, files)
    options = ["--headless", "-u", "NONE", "-n", "-i", "NONE", "-c", "luafile ../script.lua"]
    run([outside("nvim"), *options], shop)
    rows: list[list[Any]] = json.loads((shop.parent / "diagnostics.json").read_text())
    return rows


def test_neovim_shows_findings_of_unsaved_text(shop: Path) -> None:
    outside("nvim")
    assert found_by_neovim(shop, "compose.yaml", WAITS) == [[5, 19, 5, 34, 1, RULE, "lading", MESSAGE]]
    assert found_by_neovim(shop, "compose.yaml", CHECKED) == []
    flow = '      {"é": {condition: service_started}, db: {condition: service_healthy}}'
    accented = WAITS.replace("      db:\n        condition: service_healthy", flow)
    shown = found_by_neovim(shop, "compose.yaml", accented)
    ((line, start, _, end, *_),) = (each for each in shown if RULE in each)
    assert accented.splitlines()[line].encode()[start:end] == b"service_healthy"


def test_neovim_shows_where_a_finding_of_another_file_points_to(shop: Path) -> None:
    outside("nvim")
    write_files(shop, {"compose.override.yaml": "services: {}\n"})
    ((line, start, *_, message),) = found_by_neovim(shop, "compose.override.yaml", OVERRIDE)
    assert (line, start, message) == (1, 2, f"compose.yaml:6: {DISABLED}")


def emacs(shop: Path, script: str) -> Any:
    page = "integrations/emacs.md"
    files = {
        "home/.emacs.d/lading.el": block(page, "~/.emacs.d/lading.el"),
        "home/.emacs.d/init.el": block(page, "~/.emacs.d/init.el"),
        "script.el": ";; -*- lexical-binding: t -*-\n" + script,
    }
    write_files(shop.parent, files)
    run([outside("emacs"), "-Q", "--batch", "-l", "../script.el"], shop)
    return json.loads((shop.parent / "found.json").read_text())


def test_emacs_knows_the_lines_without_any_setting(shop: Path) -> None:
    outside("emacs")
    write_files(shop, {"compose.yaml": WAITS, "other/compose.yaml/x": ""})
    found = emacs(
        shop,
        """
        (require 'compile) (require 'json)
        (setq compilation-always-kill t)
        (let* ((buffer (compile "lading check --format concise")) (found nil))
          (while (process-live-p (get-buffer-process buffer)) (accept-process-output nil 0.1))
          (with-current-buffer buffer
            (compilation--ensure-parse (point-max))
            (goto-char (point-min))
            (while (not (eobp))
              (let ((message (get-text-property (point) 'compilation-message)))
                (when message
                  (let ((loc (compilation--message->loc message)))
                    (push (vector (caar (compilation--loc->file-struct loc)) (compilation--loc->line loc)
                                (compilation--loc->col loc) (compilation--message->type message)) found))))
              (forward-line 1)))
          (with-temp-file "../found.json" (insert (json-encode (vconcat (nreverse found))))))
        """,
    )
    assert found == [["compose.yaml", 6, 20, 2], ["other/compose.yaml", 1, 1, 1]]


FLYMAKE = """
(setq user-emacs-directory (expand-file-name "~/.emacs.d/"))
(load (expand-file-name "~/.emacs.d/init.el") nil t)
(setq-default flymake-diagnostic-functions nil) ; without the one of Emacs itself, which gives up on YAML
(setq flymake-start-on-flymake-mode nil)
(find-file "PATH")
(erase-buffer)
(insert-file-contents "../unsaved")
(run-hooks 'yaml-mode-hook)
(flymake-start)
(let ((tries 0))
  (while (and (< tries 300) (flymake-running-backends)
              (or (null (flymake-reporting-backends)) (process-live-p lading--process)))
    (accept-process-output nil 0.1) (setq tries (1+ tries))))
(accept-process-output nil 0.2)
(with-temp-file "../found.json"
  (insert (json-encode (with-current-buffer (get-file-buffer "PATH")
    (cons (format "%s" (mapcar #'symbol-name (flymake-disabled-backends)))
     (mapcar (lambda (each)
       (list (buffer-substring-no-properties (flymake-diagnostic-beg each) (flymake-diagnostic-end each))
             (line-number-at-pos (flymake-diagnostic-beg each))
             (symbol-name (flymake-diagnostic-type each))
             (flymake-diagnostic-text each)))
       (flymake-diagnostics)))))))
"""


def found_by_flymake(shop: Path, path: str, text: str) -> list[Any]:
    outside("emacs")
    write_files(shop.parent, {"unsaved": text})
    rows: list[Any] = emacs(shop, FLYMAKE.replace("PATH", path))
    return rows


def test_flymake_shows_findings_of_unsaved_text(shop: Path) -> None:
    expected = ["service_healthy", 6, ":error", f"[{RULE}] {MESSAGE}"]
    assert found_by_flymake(shop, "compose.yaml", WAITS) == ["nil", expected]
    assert found_by_flymake(shop, "compose.yaml", CHECKED) == ["nil"]


def test_flymake_shows_where_a_finding_of_another_file_points_to(shop: Path) -> None:
    write_files(shop, {"compose.override.yaml": "services: {}\n"})
    (_, (_, line, kind, text)) = found_by_flymake(shop, "compose.override.yaml", OVERRIDE)
    assert (line, kind, text) == (2, ":error", f"compose.yaml:6: [{RULE}] {DISABLED}")


def test_flymake_is_told_why_the_check_could_not_be_done(shop: Path) -> None:
    write_files(shop, {"lading.yaml": "default-token: none\n"})
    assert found_by_flymake(shop, "compose.yaml", WAITS) == ["(lading-flymake)"]


def matched(pattern: str, lines: list[str]) -> list[list[str]]:
    """What the groups of a regular expression of JavaScript hold: by node where that is, and by Python."""
    found = [[str(group) for group in m.groups()] for m in map(re.compile(pattern).search, lines) if m]
    node = shutil.which("node")
    if node is not None:
        script = "const [p, l] = JSON.parse(process.argv[1]); console.log(JSON.stringify(l.map(x => new RegExp(p).exec(x)?.slice(1)).filter(Boolean)))"
        done = subprocess.run(
            [node, "-e", script, json.dumps([pattern, lines])], capture_output=True, check=True
        )
        assert json.loads(done.stdout) == found
    return found


def concise(shop: Path) -> tuple[list[str], list[list[str]]]:
    """Lines with an error, a warning and a name with blanks and colons, and what they say."""
    write_files(shop, {"compose.yaml": WAITS, "a b:1:2: c/compose.yaml": WAITS, "other/compose.yaml/x": ""})
    findings = json.loads(run_lading("check", "--format", "json", folder=shop).stdout)["findings"]
    said = [
        [f["path"], str(f["line"]), str(f["column"]), f["level"], f["rule"], f["message"]] for f in findings
    ]
    assert {level for _, _, _, level, *_ in said} == {"error", "warning"}
    return run_lading("check", "--format", "concise", folder=shop).stdout.decode().splitlines(), said


def test_the_problem_matcher_of_vs_code_reads_every_line(shop: Path) -> None:
    (task,) = json.loads(block("integrations/vscode.md", ".vscode/tasks.json"))["tasks"]
    matcher = task["problemMatcher"]["pattern"]
    names = ("file", "line", "column", "severity", "code", "message")
    assert [matcher[name] for name in names] == [1, 2, 3, 4, 5, 6]
    assert [task["command"], *task["args"]] == ["lading", "check", "--format", "concise"]
    lines, said = concise(shop)
    assert matched(matcher["regexp"], [*lines, "lading: nothing", ""]) == said


def test_the_problem_matcher_for_github_reads_every_line(shop: Path) -> None:
    (matcher,) = json.loads(block("integrations/github.md", ".github/lading-matcher.json"))["problemMatcher"]
    (pattern,) = matcher["pattern"]
    names = ("file", "line", "column", "severity", "code", "message")
    assert [pattern[name] for name in names] == [1, 2, 3, 4, 5, 6]
    lines, said = concise(shop)
    assert matched(pattern["regexp"], [*lines, "lading: nothing", ""]) == said
    coloured = [f"\x1b[1m{line}" for line in lines]
    assert matched(pattern["regexp"], coloured) == said


def test_the_patterns_for_reviewdog_read_every_line(shop: Path) -> None:
    """reviewdog has the patterns of Vim's errorformat; Vim reads them here."""
    outside("vim")
    patterns = re.findall(r"-efm='(.+?)'", block("integrations/reviewdog.md", "reviewdog"))
    lines, said = concise(shop)
    escaped = ",".join(pattern.replace("\\", "\\\\").replace(",", "\\,") for pattern in patterns)
    script = f"""
        let &errorformat = '{escaped}'
        cgetfile ../lines
        let found = map(getqflist(), {{_, v -> [bufname(v.bufnr), v.lnum, v.col, v.type, v.text]}})
        call writefile([json_encode(found)], '../quickfix.json')
        qa!
    """
    write_files(
        shop.parent,
        {"lines": "\n".join(lines), "read.vim": "\n".join(line.strip() for line in script.splitlines())},
    )
    run([outside("vim"), "-N", "-es", "-u", "NONE", "-n", "-i", "NONE", "-S", "../read.vim"], shop)
    read = json.loads((shop.parent / "quickfix.json").read_text())
    assert [[path, str(line), str(column), f"[{rule}] {text}"] for path, line, column, _, rule, text in
            ([p, n, c, k, *re.findall(r"^\[(.+?)\] (.*)$", m)[0]] for p, n, c, k, m in read)] == [
        [path, line, column, f"[{rule}] {text}"] for path, line, column, _, rule, text in said
    ]  # fmt: skip
