"""The command line of the embedded archive, `dandifile archive …`; `cli` has the other commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dandifile.flags import Format, Store, Yes

archive = typer.Typer(help="The embedded archive: `instance: local`.", no_args_is_help=True)


@archive.command()
def serve(
    port: Annotated[int, typer.Option("--port", help="The port; 0 means any free one.")] = 8000,
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    store: Store = None,
    format: Format = "text",
    schema_version: Annotated[str, typer.Option(help="DANDI schema; default: production's version.")] = "",
    name: Annotated[str, typer.Option(help="The prefix of identifiers; default: DANDI.")] = "",
    web_url: Annotated[str, typer.Option(help="The web address that it reports; default: its own.")] = "",
    doi_prefix: Annotated[str, typer.Option(help="The prefix of DOIs; default: DataCite's test one.")] = "",
    licenses: Annotated[str, typer.Option(help="The licenses it allows, separated by commas.")] = "",
    identifier: Annotated[str, typer.Option(help="The archive's RRID; default: a placeholder.")] = "",
) -> int:
    """Run the embedded archive until Ctrl-C."""
    from dandifile.commands.archive import serve

    instance = {"schema_version": schema_version, "name": name, "web_url": web_url}
    instance |= {"doi_prefix": doi_prefix, "licenses": licenses, "identifier": identifier}
    return serve(store, port, host, format, **instance)


@archive.command("list")
def list_(store: Store = None, format: Format = "text") -> int:
    """List the embedded archive's dandisets."""
    from dandifile.commands.archive import list_dandisets

    return list_dandisets(store, format)


@archive.command("add-user")
def add_user(
    login: Annotated[str, typer.Argument(help="The login, as `owners` names it.")],
    name: Annotated[str, typer.Option("--name", help="The name, as `Last, First`.")] = "",
    store: Store = None,
) -> int:
    """Add a user to the embedded archive, who can then be an owner in a rehearsal."""
    from dandifile.commands.archive import add_user

    return add_user(store, login, name)


@archive.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or an earlier export.")],
    dandiset: Annotated[str, typer.Option(metavar="ID", help="Only this dandiset; default: all.")] = "",
    version: Annotated[str, typer.Option(help="Only this version; default: draft and newest.")] = "",
    files: Annotated[int, typer.Option(help="Files of a version that get a page.")] = 1000,
    pictures: Annotated[bool, typer.Option("--pictures", help="Draw every NWB file; takes a while.")] = False,
    store: Store = None,
    format: Format = "text",
) -> int:
    """Write the pages into a folder, to be opened without a server."""
    from dandifile.commands.archive import export

    choice = {"dandiset": dandiset, "version": version, "files": files, "pictures": pictures}
    return export(store, folder, format, **choice)


@archive.command()
def reset(store: Store = None, yes: Yes = False) -> int:
    """Delete the embedded archive and everything in it."""
    from dandifile.commands.archive import reset

    return reset(store, yes=yes)
