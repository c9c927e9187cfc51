"""Why a picture is not taken, each by its own name: the sentence says what to do about it."""

from __future__ import annotations

from kernel.errors import Invalid


class ImageTooLarge(Invalid):
    code = "image_too_large"
    zh = "照片太大，最多 {most_megabytes} MB；请选“压缩后发送”，或换一张小一些的。"
    en = "The photo is too large; at most {most_megabytes} MB. Please send a smaller one."


class ImageMissing(Invalid):
    code = "image_missing"
    zh = "没有收到照片，请重新选一张。"
    en = "No photo arrived. Please choose one again."


class NotAnImage(Invalid):
    code = "not_an_image"
    zh = "这不是照片（看的是内容，不是文件名）。请上传 JPEG、PNG 或 WebP 格式的照片。"
    en = "This is not a photo, whatever its name says. Please send JPEG, PNG or WebP."


class HeicNotTaken(Invalid):
    code = "image_heic"
    zh = "这是苹果手机的 HEIC 照片，暂不支持。请在“设置—相机—格式”里选“兼容性最佳”，或用截图上传。"
    en = "HEIC photos are not supported. Choose “Most Compatible” in the camera settings, or send"
    en += " a screenshot."


class SvgNotTaken(Invalid):
    code = "image_svg"
    zh = "SVG 图形可能带有程序，不能作为照片。请上传 JPEG、PNG 或 WebP 格式的照片。"
    en = "SVG drawings may carry programs and are not taken. Please send JPEG, PNG or WebP."


class GifNotTaken(Invalid):
    code = "image_gif"
    zh = "GIF 动图不能作为佐证。请上传 JPEG、PNG 或 WebP 格式的照片。"
    en = "GIF animations are not taken as evidence. Please send JPEG, PNG or WebP."


class ImageAnimated(Invalid):
    code = "image_animated"
    zh = "这是会动的图片，不能作为佐证。请上传一张静止的照片。"
    en = "This picture is animated. Please send a still photo."


class ImagePolyglot(Invalid):
    code = "image_polyglot"
    zh = "照片里夹带了别的文件或程序，没有接收。请重新拍一张上传。"
    en = "Another file or a program is hidden in this photo. Please take a new one."


class ImageTooManyPixels(Invalid):
    code = "image_too_many_pixels"
    zh = "照片像素太多（最多 {most_megapixels} 百万像素），没有打开。请调低相机像素，或截图后上传。"
    en = "The photo has too many pixels (at most {most_megapixels} megapixels) and was not opened."


class ImageDamaged(Invalid):
    code = "image_damaged"
    zh = "照片没有传完整或已经损坏，请重新上传。"
    en = "The photo is incomplete or damaged. Please upload it again."
