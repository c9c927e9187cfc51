"""Random months of earning and spending against a model that knows nothing of the product.

``purse`` is one holder's points, ``model`` the shop with its redemptions and quotas: plain Python,
integers (tenths of a point), nothing imported from the product. ``month`` with ``earning``,
``spending`` and ``taking_back``, together in ``acts``, does the same to both,
``seen`` reads what the database has, in one statement.
"""
