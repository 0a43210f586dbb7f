// What an offered number costs at its carrier, as a quote or a purchase notes it.
#pragma once

#include "carriers/carrier.hpp"
#include "domain/quote.hpp"

namespace dialplane {

inline carrier_cost offered_cost(const number_offer& offer) {
  if (!offer.price) return {};
  return {offer.price->monthly_micro_usd, offer.price->upfront_micro_usd,
          offer.price->is_estimate};
}

}  // namespace dialplane
