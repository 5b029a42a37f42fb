namespace EmotionMLNet.Kernels;

/// <summary>An <see cref="IActivation"/> as a value that plans hand to kernels. A layer brings its own, so nobody lists them.</summary>
internal abstract class Activation
{
    private Activation() { }

    /// <summary>None at all.</summary>
    public static Activation None => Of<Identity>();

    /// <summary>The least output; -∞ for none.</summary>
    public abstract float Low { get; }

    /// <summary>The largest output; ∞ for none.</summary>
    public abstract float High { get; }

    /// <summary>The one value for a type.</summary>
    public static Activation Of<TActivation>() where TActivation : struct, IActivation => Typed<TActivation>.Instance;

    /// <summary>Makes what is compiled for each activation by itself.</summary>
    public abstract TResult Make<TResult>(IActivationFactory<TResult> factory);

    private sealed class Typed<TActivation> : Activation where TActivation : struct, IActivation
    {
        public static readonly Typed<TActivation> Instance = new();

        public override float Low => TActivation.Low;

        public override float High => TActivation.High;

        public override TResult Make<TResult>(IActivationFactory<TResult> factory) => factory.Make<TActivation>();
    }
}

/// <summary>Makes something that is generic over an activation.</summary>
internal interface IActivationFactory<out TResult>
{
    TResult Make<TActivation>() where TActivation : struct, IActivation;
}
