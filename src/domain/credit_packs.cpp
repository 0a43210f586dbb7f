#include "domain/credit_packs.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

namespace dialplane {

boost::json::array credit_packs_json() {
  boost::json::array packs;
  for (const credit_pack& pack : credit_packs) {
    packs.push_back(boost::json::object{{"id", pack.id},
                                        {"credits", pack.credits.value / 1'000'000},
                                        {"price_usd", pack.price_usd}});
  }
  return packs;
}

}  // namespace dialplane
