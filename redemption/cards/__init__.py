"""Cards 积分兑换卡: points of people without a phone, spent by card and PIN."""
