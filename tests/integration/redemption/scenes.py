"""Where the tests of redemption begin: built once per engine, then photographed."""

from __future__ import annotations

from dataclasses import dataclass

from tests.integration.redemption.afterwards.stage import Afterwards
from tests.integration.redemption.cards.desk import Desk
from tests.integration.redemption.world import AllianceWorld, Holder, alliance_world


@dataclass
class Scene:
    """A community with one shop, beside another one with a hold of its own."""

    world: AllianceWorld
    #: A member with 100 points.
    holder: Holder


@dataclass
class DeskScene(Scene):
    """The office's window with three cards in stock."""

    desk: Desk


@dataclass
class AfterwardsScene(Scene):
    """An offer, and everybody who may have something to say about it."""

    stage: Afterwards


def shop_scene() -> Scene:
    noise = alliance_world("noise")
    noise.hold(noise.holder(), noise.offer())
    world = alliance_world()
    return Scene(world, world.holder())


def desk_scene() -> DeskScene:
    scene = shop_scene()
    desk = Desk(world=scene.world, office=scene.world.actor("community_admin"), numbers=[])
    desk.batch()
    return DeskScene(scene.world, scene.holder, desk)


def afterwards_scene() -> AfterwardsScene:
    scene = shop_scene()
    return AfterwardsScene(scene.world, scene.holder, Afterwards(scene.world, scene.holder))
