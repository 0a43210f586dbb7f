// Numbers at Telnyx: what is for sale, what is ours, holding, buying and giving back.
//
// The rules are those of "the safe purchase": one number per order, our mark in
// customer_reference, and after anything unclear orders by mark and numbers by number are asked,
// each row judged here. Each function ends its call exactly once, on the calling loop.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "carriers/carrier.hpp"
#include "carriers/telnyx/rows.hpp"

namespace dialplane::telnyx {

struct account;

void search_numbers(const std::shared_ptr<account>& at, number_search wanted,
                    carrier_done<std::vector<number_offer>> done);
void reserve_number(const std::shared_ptr<account>& at, std::string e164, std::string mark,
                    carrier_done<number_reservation> done);
void buy_number(const std::shared_ptr<account>& at, number_purchase order,
                carrier_done<carrier_number> done);
void look_up_number(const std::shared_ptr<account>& at, std::string e164, std::string mark,
                    carrier_done<std::optional<carrier_number>> done);
void list_numbers(const std::shared_ptr<account>& at, std::optional<std::string> cursor,
                  std::size_t limit, carrier_done<carrier_number_page> done);
void release_number(const std::shared_ptr<account>& at, std::string e164, std::string mark,
                    carrier_done<void> done);

// ---- parts that several of them take ----------------------------------------------------------

// Our rows of that number; those that are deleted or ported out are not ours and left out.
void find_by_number(const std::shared_ptr<account>& at, const std::string& e164,
                    carrier_done<std::vector<number_row>> done);
// Orders with that mark, newest first.
void find_orders(const std::shared_ptr<account>& at, const std::string& mark,
                 carrier_done<std::vector<order_row>> done);
// Orders of the last settling time that bought or are buying that number.
void find_recent_orders(const std::shared_ptr<account>& at, const std::string& e164,
                        carrier_done<std::vector<order_row>> done);

bool is_mark(std::string_view text) noexcept;  // at most 64 of [A-Za-z0-9_-], not empty
bool is_us_e164(std::string_view text) noexcept;
error number_is_gone();
error not_our_number();

}  // namespace dialplane::telnyx
