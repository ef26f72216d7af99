package io.heliograph.testkit.mutation;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Defines core's and testkit's classes anew, with one call redirected. */
final class MutantLoader extends ClassLoader {

    private static final Map<String, byte[]> BYTES = new ConcurrentHashMap<>();
    private static final String INFRASTRUCTURE = "io.heliograph.testkit.mutation.";
    private static final DirectMethodHandleDesc BOOTSTRAP = MethodHandleDesc.ofMethod(DirectMethodHandleDesc.Kind.STATIC,
            ClassDesc.of(INFRASTRUCTURE + "Redirect"), "link",
            MethodTypeDesc.of(ConstantDescs.CD_CallSite, ConstantDescs.CD_MethodHandles_Lookup, ConstantDescs.CD_String,
                    ConstantDescs.CD_MethodType, ConstantDescs.CD_MethodHandle));

    private final Optional<Mutation> mutation;
    private int redirected;

    static {
        registerAsParallelCapable();
    }

    MutantLoader(Optional<Mutation> mutation) {
        super(MutantLoader.class.getClassLoader());
        this.mutation = mutation;
    }

    /** How many calls were redirected. */
    int redirected() {
        return redirected;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("io.heliograph.") || name.startsWith(INFRASTRUCTURE)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded == null ? define(name) : loaded;
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] original = BYTES.computeIfAbsent(name, this::read);
        if (original.length == 0) {
            throw new ClassNotFoundException(name);
        }
        byte[] bytes = mutation.filter(m -> m.isAbout(name)).map(m -> redirect(original, m)).orElse(original);
        return defineClass(name, bytes, 0, bytes.length);
    }

    private byte[] read(String name) {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            return in == null ? new byte[0] : in.readAllBytes();
        } catch (IOException e) {
            throw new IllegalStateException("cannot read the class " + name, e);
        }
    }

    private byte[] redirect(byte[] original, Mutation wanted) {
        ClassFile classFile = ClassFile.of(ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(getParent()).orElse(ClassHierarchyResolver.defaultResolver())));
        return classFile.transformClass(classFile.parse(original), ClassTransform.ofStateful(() -> (builder, element) -> {
            if (element instanceof MethodModel method) {
                String methodName = method.methodName().stringValue();
                builder.transformMethod(method,
                        MethodTransform.transformingCode((code, instruction) -> copy(code, instruction, methodName, wanted)));
            } else {
                builder.with(element);
            }
        }));
    }

    private void copy(CodeBuilder code, CodeElement instruction, String method, Mutation wanted) {
        if (instruction instanceof InvokeInstruction call
                && call.opcode() != Opcode.INVOKESPECIAL
                && wanted.matches(method, call.owner().asInternalName(), call.name().stringValue())) {
            redirect(code, call);
        } else if (instruction instanceof FieldInstruction write
                && write.opcode() == Opcode.PUTFIELD
                && wanted.matches(method, write.owner().asInternalName(), "=" + write.name().stringValue())) {
            ClassDesc owner = write.owner().asSymbol();
            redirect(code, MethodTypeDesc.of(ConstantDescs.CD_void, owner, write.typeSymbol()), MethodHandleDesc.ofField(
                    DirectMethodHandleDesc.Kind.SETTER, owner, write.name().stringValue(), write.typeSymbol()));
        } else {
            code.with(instruction);
        }
    }

    private void redirect(CodeBuilder code, InvokeInstruction call) {
        ClassDesc owner = call.owner().asSymbol();
        MethodTypeDesc type = call.typeSymbol();
        DirectMethodHandleDesc.Kind kind = switch (call.opcode()) {
            case INVOKESTATIC -> call.isInterface()
                    ? DirectMethodHandleDesc.Kind.INTERFACE_STATIC : DirectMethodHandleDesc.Kind.STATIC;
            case INVOKEINTERFACE -> DirectMethodHandleDesc.Kind.INTERFACE_VIRTUAL;
            default -> DirectMethodHandleDesc.Kind.VIRTUAL;
        };
        boolean isStatic = call.opcode() == Opcode.INVOKESTATIC;
        redirect(code, isStatic ? type : type.insertParameterTypes(0, owner),
                MethodHandleDesc.ofMethod(kind, owner, call.name().stringValue(), type));
    }

    private void redirect(CodeBuilder code, MethodTypeDesc type, DirectMethodHandleDesc meant) {
        redirected++;
        code.invokedynamic(DynamicCallSiteDesc.of(BOOTSTRAP, "redirected", type, meant));
    }
}
