"""The pages without a browser: somebody with a session, over the application itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import httpx

from kedja.access.actor import Actor
from kedja.signin.session import form_token
from tests.fhir.service import Service
from tests.sessions import cookie, signed_in

_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Pages:
    """One person's pages. `said` is what a page says, without its markup."""

    service: Service
    actor: Actor
    language: str = "sv"
    sessions: list[str] = field(default_factory=list[str])  # its id, once there is one

    async def get(self, path: str) -> httpx.Response:
        return await self.service.http.get(path, headers=await self._headers())

    async def said(self, path: str) -> str:
        answer = await self.get(path)
        assert answer.status_code == 200, words_of(answer.text)[:500]
        return words_of(answer.text)

    async def post(self, path: str, *, files: Any = None, **form: Any) -> httpx.Response:
        headers = await self._headers()
        sent = {"form_token": form_token(self.sessions[0], self.service.app.state.secret), **form}
        return await self.service.http.post(path, data=sent, headers=headers, files=files)

    async def done(self, path: str, **form: Any) -> str:
        """The page that a form that was taken leads to."""
        answer = await self.post(path, **form)
        assert answer.status_code == 303, words_of(answer.text)[:500]
        return await self.said(answer.headers["location"].split("#")[0])

    async def _headers(self) -> dict[str, str]:
        if not self.sessions:
            self.sessions.append(await signed_in(self.service.app, self.actor))
        return {**cookie(self.sessions[0]), "Accept-Language": self.language}


def words_of(page: str) -> str:
    """What stands in <main>, spaces made one."""
    main = page[page.find("<main") : page.find("</main>")]
    return " ".join(_TAG.sub(" ", main).replace("&nbsp;", " ").split())
