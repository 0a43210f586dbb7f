// Buying one number: the exact one, with our mark as its name; or, where numbers cannot be searched
// for, some number of an area code.
//
// A purchase that was sent and not answered is `unknown`. By area code an unanswered purchase could
// be repeated into a second number, so there is one at a time for each account, and the account's
// list before and after tells what it bought.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>

#include "carriers/surge/office.hpp"

namespace dialplane::surge {

// One at a time for each name; the others wait in order. From any loop; a turn begins on the loop
// that asked for it.
class turns : public std::enable_shared_from_this<turns> {
 public:
  // Ends when destroyed.
  class turn {
   public:
    turn(std::shared_ptr<turns> of, std::string name);
    ~turn();
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

   private:
    std::shared_ptr<turns> of_;
    const std::string name_;
  };
  using begin = unique_function<void(std::shared_ptr<turn>)>;

  // Null: too many wait.
  void take(const std::string& name, begin go);

 private:
  struct waiter {
    event_loop* loop = nullptr;
    begin go;
  };

  void end(const std::string& name);

  std::mutex mutex_;
  std::map<std::string, std::deque<waiter>> waiting_;  // a name is there while it is taken
};

// As find_number; a number that was bought for this mark and could not be marked then is marked
// now.
void look_up_number(office_ptr at, std::string e164, std::string mark,
                    carrier_done<std::optional<carrier_number>> done);

void buy_number(office_ptr at, std::shared_ptr<turns> area_purchases, number_purchase order,
                carrier_done<carrier_number> done);

}  // namespace dialplane::surge
