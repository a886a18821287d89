//! What is reachable from where.

use std::collections::BTreeSet;

use crate::model::Model;
use crate::parse::Type;

/// Marks what users and chats can be found in.
pub fn find_peers(model: &mut Model) {
    let mut holders: BTreeSet<String> = ["User", "Chat"].map(str::to_owned).into();
    loop {
        let before = holders.len();
        for constructor in &model.constructors {
            let holds = constructor
                .fields
                .iter()
                .any(|field| mentions(model, &field.ty, &holders));
            if let (true, Type::Boxed(name)) = (holds, &constructor.definition.result) {
                holders.insert(name.clone());
            }
        }
        if holders.len() == before {
            break;
        }
    }
    for union in model.unions.values_mut() {
        union.holds_peers = holders.contains(&union.name);
    }
    let found: Vec<bool> = model
        .constructors
        .iter()
        .map(|constructor| {
            constructor
                .fields
                .iter()
                .any(|field| mentions(model, &field.ty, &holders))
        })
        .collect();
    for (constructor, found) in model.constructors.iter_mut().zip(found) {
        constructor.holds_peers = found;
    }
}

fn mentions(model: &Model, ty: &Type, holders: &BTreeSet<String>) -> bool {
    let mut found = false;
    visit(ty, &mut |ty| match ty {
        Type::Boxed(name) => found |= holders.contains(name),
        Type::Bare(name) => found |= model.constructor(name).holds_peers,
        _ => {}
    });
    found
}

/// Marks what the listed functions reach, through arguments and results.
pub fn find_client(model: &mut Model, client: &[&str]) -> Result<(), String> {
    let mut queue: Vec<Type> = Vec::new();
    for function in &mut model.functions {
        function.client = client.is_empty() || client.contains(&function.definition.name.as_str());
        if function.client {
            queue.extend(function.fields.iter().map(|field| field.ty.clone()));
            queue.push(function.definition.result.clone());
        }
    }
    for name in client {
        if !model
            .functions
            .iter()
            .any(|function| function.definition.name == *name)
        {
            return Err(format!(
                "the client's list has {name}, which is not in the schema"
            ));
        }
    }
    if client.is_empty() {
        queue.extend(model.unions.keys().cloned().map(Type::Boxed));
    }
    while let Some(ty) = queue.pop() {
        let mut reached = Vec::new();
        visit(&ty, &mut |ty| match ty {
            Type::Boxed(name) => reached.push(name.clone()),
            Type::Bare(name) => {
                if let Type::Boxed(name) = &model.constructor(name).definition.result {
                    reached.push(name.clone());
                }
            }
            _ => {}
        });
        for name in reached {
            let Some(union) = model.unions.get_mut(&name) else {
                continue;
            };
            if union.client {
                continue;
            }
            union.client = true;
            for &index in &union.constructors {
                let constructor = &mut model.constructors[index];
                constructor.client = true;
                queue.extend(constructor.fields.iter().map(|field| field.ty.clone()));
            }
        }
    }
    Ok(())
}

/// Calls `see` with `ty` and the types of its items.
pub fn visit(ty: &Type, see: &mut dyn FnMut(&Type)) {
    see(ty);
    if let Type::Vector { item, .. } = ty {
        visit(item, see);
    }
}
