using EmotionMLNet.Kernels;
using EmotionMLNet.Kernels.Strips;
using EmotionMLNet.Tensors;

namespace EmotionMLNet.Inference;

/// <summary>One kernel call of an <see cref="InferencePlan"/>. Immutable: all memory comes from the session.</summary>
/// <param name="inputs">Steps whose outputs are read; <see cref="Networks.Network.Input"/> is the network's input.</param>
/// <param name="output">Shape of one image's output.</param>
internal abstract class InferenceStep(IReadOnlyList<int> inputs, Shape output)
{
    public IReadOnlyList<int> Inputs { get; private set; } = inputs;

    public Shape Output { get; } = output;

    /// <summary>Floats that one image's output takes, as a shape: the output's own but for steps that write bytes.</summary>
    public virtual Shape Storage => Output;

    /// <summary>Whether the output may overwrite Inputs[0].</summary>
    public virtual bool InPlace => false;

    /// <summary>Floats of scratch at a batch size.</summary>
    public virtual long ScratchFloats(int batch, int threads) => 0;

    /// <summary>Multiply-adds of one image by the definition of the layer.</summary>
    public virtual long MultiplyAdds => 0;

    /// <summary>Floats of packed weights that a run on so many images reads.</summary>
    public virtual long WeightFloats(int batch) => 0;

    /// <summary>The step with the algorithm that it uses for so many images.</summary>
    public virtual string Describe(int batch) => ToString()!;

    /// <summary>Only while a plan is made, where steps before this one are merged.</summary>
    public void Renumber(Func<int, int> number) => Inputs = [.. Inputs.Select(number)];

    /// <summary>The step a few rows at a time; null if it needs whole images. Its residual, if any, is Inputs[1].</summary>
    public virtual StripKernel? Strips => null;

    /// <summary>Makes what runs the step on given memory; called once a session.</summary>
    public abstract Action Bind(Tensor[] inputs, Tensor output, Arena scratch, ThreadTeam team);
}
